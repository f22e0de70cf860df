package dev.mugv.model.media;

import java.util.function.Function;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/** Pixels of ours as a frame of FFmpeg's, for its scaler. */
final class RawPicture {
    private RawPicture() {}

    /** Runs work on a frame that holds a copy of the picture and is freed afterwards. */
    static <T> T with(RgbFrame picture, Function<AVFrame, T> work) {
        AVFrame frame = avutil.av_frame_alloc();
        try {
            frame.format(avutil.AV_PIX_FMT_RGB24);
            frame.width(picture.width());
            frame.height(picture.height());
            frame.color_range(avutil.AVCOL_RANGE_JPEG);
            if (avutil.av_frame_get_buffer(frame, 0) < 0) {
                throw new OutOfMemoryError("a picture of " + picture.width() + "x" + picture.height());
            }
            BytePointer rows = frame.data(0);
            int stride = frame.linesize(0);
            for (int y = 0; y < picture.height(); y++) {
                rows.position((long) y * stride).put(picture.pixels(), 3 * y * picture.width(), 3 * picture.width());
            }
            return work.apply(frame);
        } finally {
            avutil.av_frame_free(frame);
        }
    }
}
