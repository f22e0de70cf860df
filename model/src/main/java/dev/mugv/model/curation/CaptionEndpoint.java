package dev.mugv.model.curation;

import dev.mugv.model.config.CaptionerConfiguration;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.PngImages;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Asks a service with OpenAI's chat completions interface what evenly spaced frames of a clip show. Answers 429 and 5xx
 * and lost connections are tried again; the key is sent and never put into messages.
 */
public final class CaptionEndpoint {
    private static final int ATTEMPTS = 4;
    private static final int PICTURE_WIDTH = 512;
    private static final int MAX_TOKENS = 200;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private final CaptionerConfiguration.Endpoint settings;
    private final Optional<String> key;
    private final Duration firstPause;
    private final HttpClient client;

    /**
     * @param key what the service wants as bearer token
     * @param firstPause wait before the second attempt; doubled before each further one
     */
    public CaptionEndpoint(CaptionerConfiguration.Endpoint settings, Optional<String> key, Duration firstPause) {
        this.settings = settings;
        this.key = key;
        this.firstPause = firstPause;
        this.client = HttpClient.newBuilder().connectTimeout(settings.timeout()).build();
    }

    /**
     * Caption of a clip.
     *
     * @throws WorkFailure TRANSIENT when the service stays out of reach; INVALID_REQUEST when it refuses or answers
     *     something else than a chat completion
     */
    public String caption(ClipSource clip) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(settings.url().toString().replaceAll("/+$", "") + "/chat/completions"))
                .timeout(settings.timeout())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body(clip)));
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return text(send(request.build()));
    }

    private byte[] body(ClipSource clip) {
        List<Object> content = new ArrayList<>();
        content.add(Map.of("type", "text", "text", settings.prompt()));
        for (RgbFrame frame : frames(clip)) {
            String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(PngImages.encode(frame));
            content.add(Map.of("type", "image_url", "image_url", Map.of("url", url)));
        }
        return Json.bytes(Map.of(
                "model",
                settings.model(),
                "messages",
                List.of(Map.of("role", "user", "content", content)),
                "max_tokens",
                MAX_TOKENS,
                "temperature",
                0));
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

    private String send(HttpRequest request) {
        String fact = "no answer";
        Duration pause = firstPause;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                int status = response.statusCode();
                if (status == 200) {
                    return response.body();
                }
                fact = "it answered " + status;
                if (status != TOO_MANY_REQUESTS && status < SERVER_ERRORS) {
                    throw refused(fact + " " + shortened(response.body()));
                }
            } catch (IOException e) {
                fact = e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UncheckedIOException(new InterruptedIOException("interrupted while asking for a caption"));
            }
            if (attempt < ATTEMPTS) {
                pause(pause);
                pause = pause.multipliedBy(2);
            }
        }
        throw new WorkFailure(
                FailureKind.TRANSIENT,
                "Cannot caption clips at '%s': %s, %d times. Check that the service runs, then give the command again."
                        .formatted(settings.url(), fact, ATTEMPTS));
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("interrupted while waiting to ask again"));
        }
    }

    private String text(String body) {
        try {
            JsonNode content = Json.parse(body, JsonNode.class).at("/choices/0/message/content");
            if (content.isString() && !content.stringValue().isBlank()) {
                return content.stringValue().strip().replaceAll("\\s+", " ");
            }
        } catch (JacksonException e) {
            throw refused("its answer is no JSON: " + shortened(body));
        }
        throw refused("its answer holds no text: " + shortened(body));
    }

    private WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot caption clips at '%s': %s. Check the address, the model's name and the key."
                        .formatted(settings.url(), fact));
    }

    /** The start of an answer, without the key should the service have echoed it. */
    private String shortened(String body) {
        String safe = key.map(secret -> body.replace(secret, "***")).orElse(body);
        return "'" + (safe.length() <= 200 ? safe : safe.substring(0, 200) + "...") + "'";
    }
}
