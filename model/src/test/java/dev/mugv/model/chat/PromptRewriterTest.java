package dev.mugv.model.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.RewriterConfiguration;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptRewriterTest {
    private static final String KEY = "secret-key-4711";
    private static final String TEMPLATE = "Say it better: {prompt}";

    private ChatServer server;

    @BeforeEach
    void listen() throws IOException {
        server = new ChatServer();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void keepsThePromptWithItsNewWordsTheModelAndTheTemplate() {
        server.says(" A red boat\n crosses a calm lake. ");

        RewrittenPrompt prompt =
                rewriter(server.address(), Duration.ofSeconds(10)).rewrite("red boat");

        assertThat(prompt)
                .isEqualTo(new RewrittenPrompt(
                        "red boat",
                        "A red boat crosses a calm lake.",
                        "scribe",
                        Sha256.of(TEMPLATE.getBytes(StandardCharsets.UTF_8))));
        assertThat(server.requests.get(0).at("/messages/0/content").stringValue())
                .isEqualTo("Say it better: red boat");
        assertThat(server.requests.get(0).at("/model").stringValue()).isEqualTo("scribe");
        assertThat(server.keys).containsExactly("Bearer " + KEY);
    }

    @Test
    void asksABusyServiceAgainAndGivesUpOnOneThatStaysSo() {
        server.answers(429, "slow down").answers(503, "starting").says("At last.");
        assertThat(rewriter(server.address(), Duration.ofSeconds(10))
                        .rewrite("x")
                        .rewritten())
                .isEqualTo("At last.");

        for (int attempt = 0; attempt < 4; attempt++) {
            server.answers(500, "broken");
        }
        requireFailure(
                rewriter(server.address(), Duration.ofSeconds(10)),
                FailureKind.TRANSIENT,
                "Cannot rewrite the prompt at '%s': it answered 500, 4 times. Check that the service runs, then give the command again."
                        .formatted(server.address()));
    }

    @Test
    void refusesWhatIsNoAnswerAndHidesTheKey() {
        server.answers(401, "no such key " + KEY);
        requireFailure(
                rewriter(server.address(), Duration.ofSeconds(10)),
                FailureKind.INVALID_REQUEST,
                "Cannot rewrite the prompt at '%s': it answered 401 'no such key ***'. Check the address, the model's name and the key."
                        .formatted(server.address()));
        server.says("  ");
        assertThatThrownBy(
                        () -> rewriter(server.address(), Duration.ofSeconds(10)).rewrite("x"))
                .hasMessageContaining("its answer holds no text");
    }

    @Test
    void doesNotWaitForEverForAServiceThatDoesNotAnswer() throws IOException {
        // Takes connections and says nothing.
        try (ServerSocket silent = new ServerSocket(0)) {
            URI address = URI.create("http://localhost:" + silent.getLocalPort() + "/v1");
            assertThatThrownBy(() -> rewriter(address, Duration.ofMillis(50)).rewrite("x"))
                    .isInstanceOfSatisfying(
                            WorkFailure.class,
                            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.TRANSIENT))
                    .hasMessageContaining("HttpTimeoutException");
        }
    }

    @Test
    void refusesATemplateWithoutAPlaceForThePrompt() {
        assertThatThrownBy(() -> new RewriterConfiguration(
                        server.address(), "scribe", Optional.empty(), "Say it better.", Duration.ofSeconds(1)))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("expected {prompt} where the prompt stands");
    }

    private static PromptRewriter rewriter(URI address, Duration timeout) {
        return new PromptRewriter(
                new RewriterConfiguration(address, "scribe", Optional.of("REWRITER_KEY"), TEMPLATE, timeout),
                Optional.of(KEY),
                Duration.ofMillis(1));
    }

    private static void requireFailure(PromptRewriter rewriter, FailureKind kind, String message) {
        assertThatThrownBy(() -> rewriter.rewrite("x"))
                .isInstanceOfSatisfying(
                        WorkFailure.class, failure -> assertThat(failure.kind()).isEqualTo(kind))
                .hasMessage(message);
    }
}
