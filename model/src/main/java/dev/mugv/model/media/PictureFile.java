package dev.mugv.model.media;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Pictures from files: JPEG, PNG and what else FFmpeg takes for a single picture. They come upright as cameras note it (EXIF),
 * and what is transparent shows white, as on a page.
 */
public final class PictureFile {
    private static final int CHANNELS = 3;
    private static final int WITH_ALPHA = 4;
    private static final int OPAQUE = 255;
    /** More would cost gigabytes to turn and to scale; cameras make half of it. */
    private static final long MOST_PIXELS = 200_000_000;

    private PictureFile() {}

    /**
     * A picture made to fill a size: scaled until it covers it, cut at the centre.
     *
     * @throws WorkFailure of kind INVALID_REQUEST: no such file, not a picture, damaged or far too large
     */
    public static RgbFrame read(Path file, FrameSize size) {
        RgbFrame whole = read(file);
        Framing framing = new Framing(size);
        FrameSize covering = framing.covering(whole.width(), whole.height());
        try (PictureScaler scaler = PictureScaler.toRgb(covering)) {
            byte[] pixels = RawPicture.with(whole, scaler::packed);
            return framing.crop(new RgbFrame(0, 0, covering.width(), covering.height(), pixels));
        }
    }

    /** A picture at its own size. */
    static RgbFrame read(Path file) {
        requireFile(file);
        try (VideoDecoder decoder = open(file)) {
            requirePicture(file, decoder);
            if (!decoder.decodeNext() || isDamaged(decoder)) {
                throw refusal(file, "it is damaged or cut short");
            }
            AVFrame frame = decoder.frame();
            FrameSize size = new FrameSize(frame.width(), frame.height());
            try (PictureScaler scaler = PictureScaler.toRgba(size)) {
                return orientation(frame).upright(onWhite(scaler.packed(frame)), size);
            }
        }
    }

    private static void requireFile(Path file) {
        if (!Files.exists(file)) {
            throw refusal(file, "there is no such file");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw refusal(file, "it is not a file that can be read");
        }
    }

    private static VideoDecoder open(Path file) {
        try {
            return VideoDecoder.open(file, 1);
        } catch (WorkFailure e) {
            if (e.kind() != FailureKind.INVALID_REQUEST) {
                throw e;
            }
            throw refusal(file, "it is not a picture, or a damaged one");
        }
    }

    private static void requirePicture(Path file, VideoDecoder decoder) {
        String format = decoder.input().properties().container();
        // FFmpeg's readers of single pictures are called so; GIF has one for its animations only.
        if (!format.endsWith("_pipe") && !format.equals("image2") && !format.equals("gif")) {
            throw refusal(file, "it is not a picture but %s".formatted(format));
        }
        long pixels = (long) decoder.input().properties().width()
                * decoder.input().properties().height();
        if (pixels > MOST_PIXELS) {
            throw refusal(file, "expected at most %,d pixels, found %,d".formatted(MOST_PIXELS, pixels));
        }
    }

    private static boolean isDamaged(VideoDecoder decoder) {
        return VideoDecoder.isDamaged(decoder.frame()) || decoder.faults().reportedErrors() > 0;
    }

    private static byte[] onWhite(byte[] rgba) {
        byte[] rgb = new byte[rgba.length / WITH_ALPHA * CHANNELS];
        for (int i = 0; i < rgba.length / WITH_ALPHA; i++) {
            int alpha = rgba[WITH_ALPHA * i + CHANNELS] & 0xff;
            for (int c = 0; c < CHANNELS; c++) {
                int colour = rgba[WITH_ALPHA * i + c] & 0xff;
                rgb[CHANNELS * i + c] = (byte) ((colour * alpha + OPAQUE * (OPAQUE - alpha) + OPAQUE / 2) / OPAQUE);
            }
        }
        return rgb;
    }

    private static Orientation orientation(AVFrame frame) {
        AVFrameSideData data = avutil.av_frame_get_side_data(frame, avutil.AV_FRAME_DATA_DISPLAYMATRIX);
        if (data == null || data.isNull()) {
            return Orientation.UPRIGHT;
        }
        IntBuffer matrix = data.data()
                .capacity(9L * Integer.BYTES)
                .asByteBuffer()
                .order(java.nio.ByteOrder.nativeOrder())
                .asIntBuffer();
        return new Orientation(
                Integer.signum(matrix.get(0)),
                Integer.signum(matrix.get(1)),
                Integer.signum(matrix.get(3)),
                Integer.signum(matrix.get(4)));
    }

    private static WorkFailure refusal(Path file, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot use picture '%s': %s. Give a JPEG or PNG file.".formatted(file, fact));
    }
}
