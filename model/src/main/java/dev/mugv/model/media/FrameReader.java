package dev.mugv.model.media;

import dev.mugv.model.format.DecodeFaults;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.model.format.VideoProperties;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Reads the frames of a video in presentation order, each with its exact 0-based index and time; one pass, constant
 * memory. Damaged packets are counted and decoding goes on.
 *
 * <p>A cursor: {@link #advance()} decodes the next frame, the other methods describe it or convert it on demand. The
 * index counts frames that the decoder put out; frames lost to damage have none.
 *
 * <pre>{@code
 * try (FrameReader reader = FrameReader.open(video, 2)) {
 *     while (reader.advance()) {
 *         RgbFrame frame = reader.rgb();
 *     }
 * }
 * }</pre>
 */
public final class FrameReader implements AutoCloseable {
    /** Source rows that a row of {@link #yuv} is the mean of, at least. */
    private static final int ROWS_PER_MEAN = 2;

    private final VideoDecoder decoder;
    private final VideoProperties properties;
    private final Map<FrameSize, PictureScaler> rgbScalers = new HashMap<>();
    private final Map<FrameSize, PictureScaler> yuvScalers = new HashMap<>();
    private final double timeBase;
    private int index;
    private double seconds;
    private long firstTimestamp = avutil.AV_NOPTS_VALUE;
    private double firstSeconds;
    private boolean atEntry;

    private FrameReader(VideoDecoder decoder, int index) {
        this.decoder = decoder;
        this.properties = decoder.input().properties();
        this.timeBase = MediaInput.ratio(decoder.input().stream().time_base(), 1.0 / 90_000);
        this.index = index;
    }

    /**
     * Opens a video at its first frame.
     *
     * @param threads decoding threads, at least 1; the frames are the same for every number
     * @throws dev.mugv.model.run.WorkFailure of kind INVALID_REQUEST: no such file, unreadable, empty, no video in it
     */
    public static FrameReader open(Path video, int threads) {
        return new FrameReader(VideoDecoder.open(video, threads), -1);
    }

    /**
     * Opens a video so that the first {@link #advance()} gives the entry point's frame with its exact index. Where
     * seeking does not lead to that very frame (its timestamp is the proof), decodes from the start instead, so that
     * the caller sees the same frames either way.
     */
    public static FrameReader openAt(Path video, int threads, EntryPoint entry) {
        if (!entry.isStart()) {
            VideoDecoder decoder = VideoDecoder.open(video, threads);
            if (decoder.seekTo(entry.timestamp())) {
                FrameReader reader = new FrameReader(decoder, entry.frame() - 1);
                reader.atEntry = true;
                return reader;
            }
            decoder.close();
        }
        FrameReader reader = open(video, threads);
        while (reader.index + 1 < entry.frame() && reader.advance()) {
            // Frames before the entry only count.
        }
        return reader;
    }

    /**
     * Decodes the next frame.
     *
     * @return false at the end of the video
     */
    public boolean advance() {
        if (atEntry) {
            atEntry = false;
        } else if (!decoder.decodeNext()) {
            return false;
        }
        index++;
        AVFrame frame = decoder.frame();
        long timestamp = frame.best_effort_timestamp();
        if (firstTimestamp == avutil.AV_NOPTS_VALUE) {
            firstTimestamp = timestamp;
            seconds = index / properties.fps();
            firstSeconds = seconds;
        } else if (timestamp == avutil.AV_NOPTS_VALUE) {
            seconds += 1 / properties.fps();
        } else {
            seconds = firstSeconds + (timestamp - firstTimestamp) * timeBase;
        }
        return true;
    }

    /** Index of the current frame. */
    public int index() {
        return index;
    }

    /** Time of the current frame after the first frame read; nominal after {@link #openAt}. */
    public double seconds() {
        return seconds;
    }

    /** Whether parts of the current frame were concealed or are missing. */
    public boolean isDamaged() {
        return VideoDecoder.isDamaged(decoder.frame());
    }

    /** The current frame as a place from which {@link #openAt} can start, if it is an intact key frame. */
    public Optional<EntryPoint> entryPoint() {
        AVFrame frame = decoder.frame();
        boolean key = (frame.flags() & AVFrame.AV_FRAME_FLAG_KEY) != 0;
        return key && !isDamaged() && frame.pts() != avutil.AV_NOPTS_VALUE
                ? Optional.of(new EntryPoint(index, frame.pts()))
                : Optional.empty();
    }

    /** What the container declares. */
    public VideoProperties properties() {
        return properties;
    }

    /** What went wrong so far. */
    public DecodeFaults faults() {
        return decoder.faults();
    }

    /** The current frame at the size the container declares. */
    public RgbFrame rgb() {
        return rgb(new FrameSize(properties.width(), properties.height()));
    }

    /** The current frame, upright, scaled to exactly this size. */
    public RgbFrame rgb(FrameSize size) {
        Rotation rotation = Rotation.ofDegrees(properties.rotation());
        FrameSize coded = rotation.isTurned() ? size.turned() : size;
        PictureScaler scaler = rgbScalers.computeIfAbsent(coded, PictureScaler::toRgb);
        byte[] pixels = rotation.upright(scaler.packed(decoder.frame()), coded, 3);
        return new RgbFrame(index, seconds, size.width(), size.height(), pixels);
    }

    /**
     * The current frame, upright, as area means of exactly this size. To be cheap on large frames, only every n-th row
     * of the source is read, at least two for each row of the result.
     */
    public YuvFrame yuv(FrameSize size) {
        Rotation rotation = Rotation.ofDegrees(properties.rotation());
        FrameSize coded = rotation.isTurned() ? size.turned() : size;
        PictureScaler scaler = yuvScalers.computeIfAbsent(coded, PictureScaler::toYuv);
        int rowStep = Math.max(1, decoder.frame().height() / (ROWS_PER_MEAN * coded.height()));
        byte[][] planes = scaler.planes(decoder.frame(), rowStep);
        for (int plane = 0; plane < planes.length; plane++) {
            planes[plane] = rotation.upright(planes[plane], coded, 1);
        }
        return new YuvFrame(size.width(), size.height(), planes[0], planes[1], planes[2]);
    }

    @Override
    public void close() {
        rgbScalers.values().forEach(PictureScaler::close);
        yuvScalers.values().forEach(PictureScaler::close);
        decoder.close();
    }
}
