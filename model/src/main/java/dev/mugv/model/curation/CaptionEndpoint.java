package dev.mugv.model.curation;

import dev.mugv.model.chat.ChatEndpoint;
import dev.mugv.model.config.CaptionerConfiguration;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.PngImages;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.WorkFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks a service with OpenAI's chat completions interface what evenly spaced frames of a clip show.
 */
public final class CaptionEndpoint {
    /** For messages. */
    public static final String PURPOSE = "caption clips";

    private static final int PICTURE_WIDTH = 512;
    private static final int MAX_TOKENS = 200;

    private final CaptionerConfiguration.Endpoint settings;
    private final ChatEndpoint service;

    /**
     * @param key what the service wants as bearer token
     * @param firstPause wait before the second attempt; doubled before each further one
     */
    public CaptionEndpoint(CaptionerConfiguration.Endpoint settings, Optional<String> key, Duration firstPause) {
        this.settings = settings;
        this.service = new ChatEndpoint(
                new ChatEndpoint.Service(settings.url(), settings.model(), settings.timeout()),
                PURPOSE,
                key,
                firstPause);
    }

    /**
     * Caption of a clip.
     *
     * @throws WorkFailure TRANSIENT when the service stays out of reach; INVALID_REQUEST when it refuses or answers
     *     something else than a chat completion
     */
    public String caption(ClipSource clip) {
        List<Object> content = new ArrayList<>();
        content.add(Map.of("type", "text", "text", settings.prompt()));
        for (RgbFrame frame : frames(clip)) {
            String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(PngImages.encode(frame));
            content.add(Map.of("type", "image_url", "image_url", Map.of("url", url)));
        }
        return service.ask(content, MAX_TOKENS);
    }

    /** Frames at the middles of as many equal parts of the clip as were asked for. */
    private List<RgbFrame> frames(ClipSource clip) {
        List<RgbFrame> frames = new ArrayList<>();
        try (FrameReader reader = FrameReader.openAt(clip.video(), 1, clip.entry())) {
            double aspect = reader.properties().width()
                    * reader.properties().pixelAspect()
                    / reader.properties().height();
            FrameSize size = FrameSize.ofWidth(
                    Math.min(PICTURE_WIDTH, reader.properties().width()), aspect);
            int wanted = Math.min(settings.frames(), clip.frames());
            while (frames.size() < wanted && reader.advance()) {
                int next = clip.firstFrame() + clip.frames() * (2 * frames.size() + 1) / (2 * wanted);
                if (reader.index() == next) {
                    frames.add(reader.rgb(size));
                }
            }
        }
        return frames;
    }
}
