package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mugv.model.config.CaptionerConfiguration;
import dev.mugv.model.format.CaptionClipsOrder;
import dev.mugv.model.format.CaptionClipsOrder.NamedClip;
import dev.mugv.model.format.ClipCaptions.Caption;
import dev.mugv.model.format.ClipCaptions.Origin;
import dev.mugv.model.format.ClipScores;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.model.format.FrameRange;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ClipCaptionerTest {
    private static final String KEY = "secret-key-4711";
    private static final NamedClip CLIP = new NamedClip(
            new ClipSource("00112233445566aa", SampleVideos.named("thrown-ball.mp4"), "0", 10, 70, 25),
            "thrown-ball.mp4");

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<JsonNode> requests = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private HttpServer server;

    private record Answer(int status, String body) {}

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(Json.parse(body, JsonNode.class));
        keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        Answer answer = answers.removeFirst();
        byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private CaptionEndpoint endpoint() {
        URI address = URI.create("http://localhost:" + server.getAddress().getPort() + "/v1/");
        return new CaptionEndpoint(
                new CaptionerConfiguration.Endpoint(
                        address, "seer", Optional.of("CAPTION_KEY"), "What is this?", 3, Duration.ofSeconds(10)),
                Optional.of(KEY),
                Duration.ofMillis(1));
    }

    private static Answer says(String text) {
        return new Answer(200, Json.text(Map.of("choices", List.of(Map.of("message", Map.of("content", text))))));
    }

    private static CuratedClip measured() {
        SortedMap<String, Double> scores = new TreeMap<>();
        scores.put(ClipScores.EXPOSURE, 0.2);
        scores.put(ClipScores.COLOURFULNESS, 60.0);
        scores.put(ClipScores.SHARPNESS, 20.0);
        scores.put(ClipScores.MOTION, 9.0);
        scores.put(ClipScores.PAN_X, -8.0);
        scores.put(ClipScores.PAN_Y, 0.5);
        scores.put(ClipScores.MOVING_SHARE, 1.0);
        return new CuratedClip(
                CLIP.clip().clipId(),
                new FrameRange(10, 70),
                0.4,
                2.4,
                EntryPoint.START,
                scores,
                List.of("blue", "white"),
                "classical-1",
                "");
    }

    @Test
    void whatPeopleWroteComesFirst() {
        ClipCaptioner captioner =
                new ClipCaptioner(Map.of("thrown-ball.mp4", " A ball flies across a room. "), Optional.of(endpoint()));
        Caption caption = captioner.caption(CLIP, measured());
        assertThat(caption.text()).isEqualTo("A ball flies across a room.");
        assertThat(caption.origin()).isEqualTo(Origin.CSV);
        assertThat(caption.tags())
                .containsExactly(
                        "motion:high", "camera:moving", "light:dark", "colour:blue", "scene:indoors", "subject:object");
        assertThat(requests).isEmpty();
    }

    @Test
    void aCaptionOfTheClipGoesBeforeOneOfItsVideo() {
        ClipCaptioner captioner = new ClipCaptioner(
                Map.of("thrown-ball.mp4", "The video.", CLIP.clip().clipId(), "The clip."), Optional.empty());
        assertThat(captioner.caption(CLIP, measured()).text()).isEqualTo("The clip.");
    }

    @Test
    void withoutAnybodyTheMeasuresAreDescribed() {
        Caption caption = new ClipCaptioner(Map.of(), Optional.empty()).caption(CLIP, measured());
        assertThat(caption.origin()).isEqualTo(Origin.DESCRIBER);
        assertThat(caption.text())
                .isEqualTo("A dark, vivid shot of 2.4 seconds, mostly in blue and white."
                        + " The camera moves fast to the right. The picture is soft.");
    }

    @Test
    void theServiceSeesFramesOfTheClipAndTheKey() throws IOException {
        answers.add(says(" A ball \n flies. "));
        Caption caption = new ClipCaptioner(Map.of(), Optional.of(endpoint())).caption(CLIP, measured());
        assertThat(caption.text()).isEqualTo("A ball flies.");
        assertThat(caption.origin()).isEqualTo(Origin.ENDPOINT);
        assertThat(keys).containsExactly("Bearer " + KEY);
        JsonNode content = requests.get(0).at("/messages/0/content");
        assertThat(requests.get(0).at("/model").stringValue()).isEqualTo("seer");
        assertThat(content.at("/0/text").stringValue()).isEqualTo("What is this?");
        assertThat(content.size()).isEqualTo(4);
        String url = content.at("/3/image_url/url").stringValue();
        assertThat(url).startsWith("data:image/png;base64,");
        byte[] png = Base64.getDecoder().decode(url.substring(url.indexOf(',') + 1));
        assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isPositive();
    }

    @Test
    void aBusyServiceIsAskedAgain() {
        answers.add(new Answer(429, "slow down"));
        answers.add(new Answer(503, "starting"));
        answers.add(says("At last."));
        assertThat(endpoint().caption(CLIP.clip())).isEqualTo("At last.");
        assertThat(requests).hasSize(3);
    }

    @Test
    void aServiceThatStaysOutOfReachIsTransient() {
        for (int attempt = 0; attempt < 4; attempt++) {
            answers.add(new Answer(500, "broken"));
        }
        assertThatThrownBy(() -> endpoint().caption(CLIP.clip()))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.TRANSIENT))
                .hasMessageContaining("it answered 500, 4 times");
    }

    @Test
    void aRefusalIsShownWithoutTheKey() {
        answers.add(new Answer(401, "invalid key " + KEY));
        assertThatThrownBy(() -> endpoint().caption(CLIP.clip()))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessageContaining("invalid key ***")
                .hasMessageNotContaining(KEY);
    }

    @Test
    void anAnswerThatIsNoCompletionIsRefused() {
        for (String body : List.of("<html>", "{\"choices\":[]}", "{\"choices\":[{\"message\":{\"content\":\" \"}}]}")) {
            answers.add(new Answer(200, body));
            assertThatThrownBy(() -> endpoint().caption(CLIP.clip())).isInstanceOf(WorkFailure.class);
        }
    }

    @Test
    void theOrderComesBackFromItsJson() {
        CaptionClipsOrder order = new CaptionClipsOrder(
                List.of(CLIP), new CaptionerConfiguration.Describer(), new TreeMap<>(Map.of("a.mp4", "A.")));
        assertThat(Json.parse(Json.text(order), CaptionClipsOrder.class)).isEqualTo(order);
    }
}
