package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The engine where nodes have a workspace of their own: the same protocol, whatever the link does. */
class NodeFilesTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final List<String> lines = new ArrayList<>();
    private InProcessExecutor executor;
    private TwoFolders storage;
    private Path here;
    private Path there;

    @BeforeEach
    void connect() throws IOException {
        here = Files.createDirectories(
                folder.resolve("here-" + Sha256.of(folder.toString().getBytes()).substring(0, 8)));
        there = Files.createDirectories(folder.resolve("there"));
        executor = new InProcessExecutor(NodeFilesTest::work, clock);
        storage = new TwoFolders(here, there);
        executor.storage = storage;
    }

    private static void work(String name, TaskContext context) throws IOException {
        Files.writeString(
                Files.createDirectories(context.pendingOutput().resolve("deep")).resolve("result.txt"), name);
    }

    @Test
    void whatNodesPublishIsHereAndVerifiedBeforeItCounts() throws IOException {
        Bench bench = bench();
        assertThat(bench.run(Tolerance.NONE, "a", "b")).isEqualTo(new WorkOutcome.Completed(2, 0, 0));
        assertThat(bench.states()).containsOnly(AttemptState.SUCCEEDED);
        assertThat(bench.recorded).containsExactly("a", "b");
        assertThat(files(here.resolve("artifacts"))).isEqualTo(files(there.resolve("artifacts")));
        for (AttemptEntry attempt : bench.ledger.attempts(bench.scope)) {
            ArtifactStore store = new ArtifactStore(here);
            ArtifactRef ref = store.find(attempt.task(), attempt.key()).orElseThrow();
            assertThat(store.open(ref).resolve("deep").resolve("result.txt")).exists();
        }
        assertThat(bench().run(Tolerance.NONE, "a", "b")).isEqualTo(new WorkOutcome.Completed(2, 2, 0));
    }

    @Test
    void ordersNameTheWorkspaceOfTheClusterAndNothingOfThisMachine() throws IOException {
        bench().run(Tolerance.NONE, "a");
        String token = executor.accepted.get(0).token();
        Path submission = there.resolve("submissions").resolve(token);
        assertThat(submission.resolve("attempts/0/order.json")).content().contains(there.toString());
        assertThat(submission.resolve("script.sbatch"))
                .content()
                .contains(submission.toString())
                .doesNotContain(here.toString());
        assertThat(submission.resolve("attempts/0/order.json")).content().doesNotContain(here.toString());
    }

    @Test
    void whatWasNotSentIsNotHandedOverAndIsSentAgain() {
        storage.silentSends = 3;
        Bench bench = bench();
        assertThat(bench.run(Tolerance.NONE, "a")).isEqualTo(new WorkOutcome.Completed(1, 0, 0));
        assertThat(executor.accepted).hasSize(1);
        assertThat(bench.tokens()).hasSize(1);
        assertThat(lines.stream().filter(line -> line.contains("no answer"))).hasSize(1);
    }

    @Test
    void nothingIsJudgedWhileNodesFilesAreNotHeardOf() {
        storage.silentExchanges = 200; // far longer than a witness may take to show
        Bench bench = bench();
        assertThat(bench.run(Tolerance.NONE, "a")).isEqualTo(new WorkOutcome.Completed(1, 0, 0));
        assertThat(bench.states()).containsExactly(AttemptState.SUCCEEDED);
    }

    @Test
    void aFetchThatBreaksOffIsTakenUpAgainAndNothingHalfIsSeen() throws IOException {
        storage.silentFetches = 2;
        Bench bench = bench();
        assertThat(bench.run(Tolerance.NONE, "a")).isEqualTo(new WorkOutcome.Completed(1, 0, 0));
        assertThat(bench.states()).containsExactly(AttemptState.SUCCEEDED);
        assertThat(files(here.resolve("artifacts"))).noneMatch(name -> name.contains("pending-"));
    }

    @Test
    void anArtifactThatWasChangedOnTheClusterIsNoSuccess() {
        executor.ends.add(end -> {
            try (Stream<Path> all = Files.walk(there.resolve("artifacts"))) {
                Path result = all.filter(file -> file.endsWith("result.txt"))
                        .findFirst()
                        .orElseThrow();
                Files.writeString(result, "b"); // as many bytes
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            return end;
        });
        Bench bench = bench();
        bench.run(Tolerance.NONE, "a");
        assertThat(bench.states().get(0)).isEqualTo(AttemptState.SUSPECT);
        assertThat(lines).anyMatch(line -> line.contains("expected SHA-256"));
    }

    @Test
    void inputsThatAreNamedByContentAndArtifactsAreSentAndAPathOfThisMachineIsRefused() throws IOException {
        Bench first = bench();
        first.run(Tolerance.NONE, "a");
        AttemptEntry made = first.ledger.attempts(first.scope).get(0);
        ArtifactRef input =
                new ArtifactStore(here).find(made.task(), made.key()).orElseThrow();
        Path lost = there.resolve("artifacts");
        Files.move(lost, there.resolve("elsewhere"));
        Path video = Files.writeString(folder.resolve("video.mp4"), "frames");
        ContentLinks.Named named = new ContentLinks(here).name(video);

        run(item(Map.of("name", "x", "file", named.path().toString()), List.of(input)));
        assertThat(there.resolve(named.path())).hasContent("frames");
        Path sent = new ArtifactStore(there).folder(input.task(), new ArtifactKey(input.key()));
        assertThat(sent.resolve("deep").resolve("result.txt")).hasContent("a");

        assertThatThrownBy(() -> run(item(Map.of("name", "y", "model", video.toString()), List.of())))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("it reads '" + video + "', which only this machine has");
        run(item(Map.of("name", "z", "caption", "/imagine a street"), List.of()));
    }

    private void run(WorkItem item) {
        Bench bench = bench();
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 77, () -> List.of(item), Tolerance.NONE);
        WorkOutcome outcome = engine.advance(session, bench.recorder());
        while (outcome instanceof WorkOutcome.Continues) {
            outcome = engine.advance(session, bench.recorder());
        }
        assertThat(outcome).isEqualTo(new WorkOutcome.Completed(1, 0, 0));
    }

    private static WorkItem item(Map<String, String> parameters, List<ArtifactRef> inputs) {
        return new WorkItem(
                parameters.get("name"),
                TaskKind.CURATE_VIDEO,
                Json.tree(parameters),
                inputs,
                new WorkResources(1, 100));
    }

    private Bench bench() {
        WorkListener listener = new WorkListener() {
            @Override
            public void progressed(WorkProgress progress) {}

            @Override
            public void changed(StepScope scope, String line) {
                lines.add(line);
            }
        };
        return new Bench(
                postgres.dataSource(),
                executor,
                Bench.inProcess(),
                Bench.surroundings(clock, listener),
                Bench.settings(
                        here,
                        new WorkSettings.Limits(Duration.ofSeconds(5), Duration.ofMinutes(20), Duration.ofSeconds(5))));
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file) + " " + Sha256.ofFile(file))
                    .sorted()
                    .toList();
        }
    }
}
