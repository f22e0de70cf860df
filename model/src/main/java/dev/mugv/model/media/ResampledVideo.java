package dev.mugv.model.media;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.VideoProperties;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * A whole video at the size and rate of a shape, whatever its own: every output time gets the frame nearest to it, and every
 * frame is made to fill the size. Frames come one at a time, so length costs no memory.
 */
public final class ResampledVideo {
    private static final int DECODING_THREADS = 2;

    private final Path video;
    private final VideoShape shape;
    private final Framing framing;

    /**
     * @param shape whose width, height and frames a second count; its number of frames does not
     */
    public ResampledVideo(Path video, VideoShape shape) {
        this.video = video;
        this.shape = shape;
        this.framing = new Framing(new FrameSize(shape.width(), shape.height()));
    }

    /**
     * Decodes the video from its start to its end.
     *
     * @param sink takes the frames in order; their index and time are those of the output
     * @return number of frames
     * @throws dev.mugv.model.run.WorkFailure of kind INVALID_REQUEST: no such file, unreadable, empty, no video in it
     */
    public int forEach(Consumer<RgbFrame> sink) {
        try (FrameReader reader = FrameReader.open(video, DECODING_THREADS)) {
            VideoProperties properties = reader.properties();
            FrameSize covering = framing.covering(properties.width() * properties.pixelAspect(), properties.height());
            // Half a frame: the next frame would be further off.
            double reach = 0.5 / properties.fps();
            int next = 0;
            while (reader.advance()) {
                if (time(next) > reader.seconds() + reach) {
                    continue;
                }
                RgbFrame picture = framing.crop(reader.rgb(covering));
                while (time(next) <= reader.seconds() + reach) {
                    sink.accept(picture.at(next, time(next)));
                    next++;
                }
            }
            return next;
        }
    }

    /** The last frames, as many as asked for or all that there are. */
    public List<RgbFrame> last(int count) {
        Deque<RgbFrame> last = new ArrayDeque<>();
        forEach(frame -> {
            if (last.size() == count) {
                last.removeFirst();
            }
            last.addLast(frame);
        });
        return List.copyOf(last);
    }

    private double time(int frame) {
        return frame / shape.fps();
    }
}
