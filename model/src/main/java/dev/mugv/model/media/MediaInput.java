package dev.mugv.model.media;

import dev.mugv.model.format.VideoProperties;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/** An open container and its video stream. */
final class MediaInput implements AutoCloseable {
    private final Path file;
    private final AVFormatContext format;
    private final AVStream stream;

    private MediaInput(Path file, AVFormatContext format, AVStream stream) {
        this.file = file;
        this.format = format;
        this.stream = stream;
    }

    /**
     * Opens a file.
     *
     * @throws WorkFailure of kind INVALID_REQUEST: no such file, unreadable, empty, no video in it
     */
    static MediaInput open(Path file) {
        requireReadable(file);
        MediaLibrary.load();
        AVFormatContext format = new AVFormatContext(null);
        int opened = avformat.avformat_open_input(format, MediaLibrary.url(file), null, (AVDictionary) null);
        if (opened < 0) {
            throw refusal(file, "not a video (" + MediaLibrary.message(opened) + ")");
        }
        try {
            int found = avformat.avformat_find_stream_info(format, (PointerPointer<?>) null);
            int index = avformat.av_find_best_stream(
                    format, avutil.AVMEDIA_TYPE_VIDEO, -1, -1, (PointerPointer<?>) null, 0);
            if (found < 0 || index < 0) {
                throw refusal(file, "expected a video stream, found none");
            }
            AVStream stream = format.streams(index);
            if (stream.codecpar().width() < 1 || stream.codecpar().height() < 1) {
                throw refusal(file, "its video stream has no picture size");
            }
            for (int other = 0; other < format.nb_streams(); other++) {
                if (other != index) {
                    format.streams(other).discard(avcodec.AVDISCARD_ALL);
                }
            }
            return new MediaInput(file, format, stream);
        } catch (WorkFailure e) {
            avformat.avformat_close_input(format);
            throw e;
        }
    }

    private static void requireReadable(Path file) {
        if (!Files.exists(file)) {
            throw refusal(file, "no such file");
        }
        if (!Files.isRegularFile(file)) {
            throw refusal(file, "not a regular file");
        }
        if (!Files.isReadable(file)) {
            throw refusal(file, "no permission to read it");
        }
        try {
            if (Files.size(file) == 0) {
                throw refusal(file, "the file is empty");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WorkFailure refusal(Path file, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot read video '%s': %s. Remove the file or replace it by a readable video.".formatted(file, fact));
    }

    Path file() {
        return file;
    }

    AVFormatContext format() {
        return format;
    }

    AVStream stream() {
        return stream;
    }

    VideoProperties properties() {
        AVCodecParameters codec = stream.codecpar();
        int rotation = rotation(codec);
        boolean turned = rotation == 90 || rotation == 270;
        double pixelAspect = ratio(stream.sample_aspect_ratio(), ratio(codec.sample_aspect_ratio(), 1));
        return new VideoProperties(
                text(format.iformat().name()),
                text(avcodec.avcodec_get_name(codec.codec_id())),
                turned ? codec.height() : codec.width(),
                turned ? codec.width() : codec.height(),
                turned ? 1 / pixelAspect : pixelAspect,
                rotation,
                ratio(stream.avg_frame_rate(), ratio(stream.r_frame_rate(), 25)),
                seconds(),
                Math.max(0, stream.nb_frames()),
                text(avutil.av_get_pix_fmt_name(codec.format())));
    }

    private double seconds() {
        if (stream.duration() != avutil.AV_NOPTS_VALUE && stream.duration() > 0) {
            return stream.duration() * ratio(stream.time_base(), 0);
        }
        return format.duration() > 0 ? format.duration() / (double) avutil.AV_TIME_BASE : 0;
    }

    private static int rotation(AVCodecParameters codec) {
        AVPacketSideData matrix = avcodec.av_packet_side_data_get(
                codec.coded_side_data(), codec.nb_coded_side_data(), avcodec.AV_PKT_DATA_DISPLAYMATRIX);
        if (matrix == null || matrix.isNull()) {
            return 0;
        }
        double counterClockwise = avutil.av_display_rotation_get(new IntPointer(matrix.data()));
        if (!Double.isFinite(counterClockwise)) {
            return 0;
        }
        return Math.floorMod(-(int) Math.round(counterClockwise / 90) * 90, 360);
    }

    /** A fraction as a number, or the fallback where it is undefined. */
    static double ratio(AVRational value, double fallback) {
        return value.num() > 0 && value.den() > 0 ? value.num() / (double) value.den() : fallback;
    }

    private static String text(BytePointer name) {
        return name == null || name.isNull() ? "unknown" : name.getString();
    }

    @Override
    public void close() {
        avformat.avformat_close_input(format);
    }
}
