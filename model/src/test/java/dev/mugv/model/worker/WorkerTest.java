package dev.mugv.model.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.run.WorkerExit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class WorkerTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path workspace;

    private AttemptFolder folder;

    @BeforeEach
    void writesOrderAndClaim() throws IOException {
        folder = AttemptFolder.of(workspace, TOKEN, 3);
        Files.createDirectories(folder.path());
        Files.write(folder.order(), Json.bytes(order("c1")));
        claim(0);
    }

    @Test
    void publishesThenRecordsSuccessWithTheManifestsHash() {
        int exitCode =
                run(0, context -> Files.writeString(context.pendingOutput().resolve("x.txt"), "x"));

        ArtifactRef ref = new ArtifactStore(workspace)
                .find(TaskKind.TRAIN_VAE, order("c1").key())
                .orElseThrow();
        ExitRecord record = ExitRecord.find(folder, 0).orElseThrow();
        assertThat(exitCode).isZero();
        assertThat(record.outcome()).isEqualTo(ExitRecord.Outcome.SUCCEEDED);
        assertThat(record.manifestSha256()).isEqualTo(ref.manifestSha256());
        assertThat(record.token()).isEqualTo(TOKEN);
        assertThat(record.index()).isEqualTo(3);
        assertThat(record.attempt()).isEqualTo(2);
        assertThat(record.startedAt()).isEqualTo(NOW);
    }

    @Test
    void doesNotWorkAgainWhenAnEarlierRunPublishedAndDiedBeforeItsRecord() throws IOException {
        AtomicInteger starts = new AtomicInteger();
        run(0, context -> starts.incrementAndGet());
        Files.delete(folder.exitRecord(0));
        claim(1);
        assertThat(run(1, context -> starts.incrementAndGet())).isZero();
        assertThat(starts).hasValue(1);
        assertThat(ExitRecord.find(folder, 1).orElseThrow().outcome()).isEqualTo(ExitRecord.Outcome.SUCCEEDED);
    }

    @Test
    void recordsAFailureWithItsKindAndMessageAndLeavesNothingPending() throws IOException {
        int exitCode = run(0, context -> {
            Files.writeString(context.pendingOutput().resolve("x.txt"), "x");
            throw new WorkFailure(FailureKind.INVALID_REQUEST, "Cannot read video 'a': no video stream. Remove it.");
        });
        ExitRecord record = ExitRecord.find(folder, 0).orElseThrow();
        assertThat(exitCode).isEqualTo(FailureKind.INVALID_REQUEST.exitCode());
        assertThat(record.failure()).isEqualTo(FailureKind.INVALID_REQUEST);
        assertThat(record.message()).isEqualTo("Cannot read video 'a': no video stream. Remove it.");
        assertThat(workspace.resolve("artifacts/train-vae")).isEmptyDirectory();
    }

    @Test
    void aFullDiskIsAFailureOfItsOwnHoweverDeepItIsWrapped() {
        int exitCode = run(0, context -> {
            throw new UncheckedIOException(new IOException("x", new IOException("No space left on device")));
        });
        assertThat(exitCode).isEqualTo(FailureKind.DISK_FULL.exitCode());
        assertThat(ExitRecord.find(folder, 0).orElseThrow().message())
                .isEqualTo("Cannot write below '" + workspace + "': no space left on the device."
                        + " Free disk space and give the command again.");
    }

    @Test
    void aFullHeapIsAnExhaustedResource() {
        int exitCode = run(0, context -> {
            throw new OutOfMemoryError("Java heap space");
        });
        assertThat(exitCode).isEqualTo(FailureKind.RESOURCE_EXHAUSTED.exitCode());
    }

    @Test
    void anUnexpectedExceptionIsADefect() {
        int exitCode = run(0, context -> {
            throw new IllegalStateException("bug");
        });
        assertThat(exitCode).isEqualTo(FailureKind.DEFECT.exitCode());
        assertThat(ExitRecord.find(folder, 0).orElseThrow().failure()).isEqualTo(FailureKind.DEFECT);
    }

    @Test
    void theStopFileReachesTheTaskAndTheRunEndsStopped() throws IOException {
        Files.createFile(folder.stopFile());
        int exitCode = run(0, context -> {
            if (context.isStopRequested()) {
                throw new StopRequestedException("saved at update 7");
            }
        });
        ExitRecord record = ExitRecord.find(folder, 0).orElseThrow();
        assertThat(exitCode).isEqualTo(WorkerExit.STOPPED.code());
        assertThat(record.outcome()).isEqualTo(ExitRecord.Outcome.STOPPED);
        assertThat(record.message()).isEqualTo("saved at update 7");
    }

    @Test
    void aRunThatIsOvertakenWhileItWorksPublishesNothing() {
        int exitCode = run(0, context -> claim(1));
        assertThat(exitCode).isEqualTo(FailureKind.OUTCOME_UNKNOWN.exitCode());
        assertThat(new ArtifactStore(workspace)
                        .find(TaskKind.TRAIN_VAE, order("c1").key()))
                .isEmpty();
    }

    @Test
    void aRunThatWasOvertakenBeforeItsStartDoesNothing() throws IOException {
        claim(1);
        AtomicInteger starts = new AtomicInteger();
        assertThat(run(0, context -> starts.incrementAndGet())).isEqualTo(WorkerExit.SUPERSEDED.code());
        assertThat(starts).hasValue(0);
        assertThat(ExitRecord.find(folder, 0)).isEmpty();
    }

    @Test
    void aRunWithoutAClaimDoesNothing() throws IOException {
        Files.delete(folder.claim(0));
        AtomicInteger starts = new AtomicInteger();
        assertThat(run(0, context -> starts.incrementAndGet())).isEqualTo(FailureKind.OUTCOME_UNKNOWN.exitCode());
        assertThat(starts).hasValue(0);
    }

    @Test
    void anOrderMadeByOtherCodeIsRefused() throws IOException {
        Files.write(folder.order(), Json.bytes(order("older")));
        AtomicInteger starts = new AtomicInteger();
        assertThat(run(0, context -> starts.incrementAndGet())).isEqualTo(FailureKind.INVALID_REQUEST.exitCode());
        assertThat(starts).hasValue(0);
    }

    @Test
    void anInputThatIsNotInTheOrderIsRefused() {
        run(0, context -> context.input(new ArtifactRef(TaskKind.TRAIN_VAE, "0".repeat(64), "0".repeat(64))));
        assertThat(ExitRecord.find(folder, 0).orElseThrow().message()).contains("it is no input of this order");
    }

    @Test
    void progressStandsInTheHeartbeatWhenTheRunHasEnded() {
        run(0, context -> context.progress(5, 9, "update"));
        Heartbeat heartbeat = Heartbeat.find(folder, 0).orElseThrow();
        assertThat(heartbeat.done()).isEqualTo(5);
        assertThat(heartbeat.total()).isEqualTo(9);
        assertThat(heartbeat.unit()).isEqualTo("update");
    }

    private int run(int run, WorkTask task) {
        Worker worker = new Worker(
                new TaskRegistry(Map.of(TaskKind.TRAIN_VAE, () -> task)),
                kind -> "c1",
                Clock.fixed(NOW, ZoneOffset.UTC),
                Duration.ofHours(1));
        return worker.run(WorkerArguments.parse(List.of(
                "--order",
                folder.order().toString(),
                "--attempt-folder",
                folder.path().toString(),
                "--run",
                "" + run)));
    }

    private void claim(int run) throws IOException {
        Files.writeString(folder.claim(run), "pid=1\n");
    }

    private WorkOrder order(String codeVersion) {
        JsonNode parameters = Json.tree(Map.of("learning-rate", 1.0e-5, "name", "x"));
        return new WorkOrder(
                WorkOrder.FORMAT_VERSION,
                TOKEN,
                3,
                2,
                TaskKind.TRAIN_VAE,
                ArtifactKey.of(TaskKind.TRAIN_VAE, codeVersion, parameters, List.of()),
                workspace,
                parameters,
                List.of(),
                1,
                List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")));
    }
}
