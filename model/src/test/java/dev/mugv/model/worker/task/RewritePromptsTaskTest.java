package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.chat.ChatServer;
import dev.mugv.model.format.RewritePromptsOrder;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.format.RewrittenPrompts;
import dev.mugv.model.format.ServiceAddress;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a service on this machine. */
class RewritePromptsTaskTest {
    private static final String TEMPLATE = "Say it better: {prompt}";
    private static final RewritePromptsOrder ORDER =
            new RewritePromptsOrder("scribe", TEMPLATE, List.of("red boat", "a cup", "rain"));

    @TempDir
    Path folder;

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
    void everyPromptIsKeptInBothWordingsWithTheModelAndTheTemplate() throws IOException {
        server.says("A red boat crosses a lake.")
                .says("A cup stands on a table.")
                .says("Rain falls.");
        RecordingTaskContext context = context();
        new RewritePromptsTask().run(context);
        String template = Sha256.of(TEMPLATE.getBytes(StandardCharsets.UTF_8));
        assertThat(Json.read(context.pendingOutput().resolve("rewritten.json"), RewrittenPrompts.class)
                        .prompts())
                .containsExactly(
                        new RewrittenPrompt("red boat", "A red boat crosses a lake.", "scribe", template),
                        new RewrittenPrompt("a cup", "A cup stands on a table.", "scribe", template),
                        new RewrittenPrompt("rain", "Rain falls.", "scribe", template));
        assertThat(Json.read(context.pendingOutput().resolve("order.json"), RewritePromptsOrder.class))
                .isEqualTo(ORDER);
        // Where the service is stands in nothing that is published.
        assertThat(Json.text(ORDER)).doesNotContain("localhost");
    }

    @Test
    void whatWasAnsweredBeforeAFailureOrAStopIsNotAskedForAgain() throws IOException {
        server.says("A red boat crosses a lake.").answers(401, "no");
        assertThatThrownBy(() -> new RewritePromptsTask().run(context()))
                .isInstanceOfSatisfying(
                        WorkFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST));
        server.says("A cup stands on a table.");
        assertThatThrownBy(() -> new RewritePromptsTask().run(context().stopAfter(2)))
                .isInstanceOf(StopRequestedException.class)
                .hasMessage("stopped after 2 of 3 prompts");
        server.says("Rain falls.");
        RecordingTaskContext last = context();
        new RewritePromptsTask().run(last);
        assertThat(server.requests)
                .extracting(request -> request.at("/messages/0/content").stringValue())
                .containsExactly(
                        "Say it better: red boat",
                        "Say it better: a cup",
                        "Say it better: a cup",
                        "Say it better: rain");
        assertThat(Json.read(last.pendingOutput().resolve("rewritten.json"), RewrittenPrompts.class)
                        .prompts())
                .extracting(RewrittenPrompt::rewritten)
                .containsExactly("A red boat crosses a lake.", "A cup stands on a table.", "Rain falls.");
    }

    @Test
    void aWorkerThatWasSupersededKeepsNoAnswer() {
        server.says("A red boat crosses a lake.");
        assertThatThrownBy(() -> new RewritePromptsTask().run(context().supersede()))
                .isInstanceOfSatisfying(
                        WorkFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(FailureKind.OUTCOME_UNKNOWN));
        assertThat(folder.resolve("durable/answers")).isEmptyDirectory();
    }

    private RecordingTaskContext context() {
        return new RecordingTaskContext(folder, TaskKind.REWRITE_PROMPTS, ORDER, List.of())
                .under(new ServiceAddress(server.address(), Optional.empty(), Duration.ofSeconds(10)));
    }
}
