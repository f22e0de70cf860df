package dev.mugv.jobs.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.jobs.doctor.Finding.State;
import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.executor.NodeStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The job of a moment is really run, by bash on this machine as on a node; each fault is one of that node's. */
@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the local executor reads /proc")
class NodeProbeTest {
    private static final Duration SHORT = Duration.ofMillis(700);
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    Path folder;

    private final List<List<String>> calls = new ArrayList<>();
    private UnaryOperator<String> node = UnaryOperator.identity();
    private boolean starts = true;
    private String queue = "";

    @BeforeEach
    void build() throws IOException {
        Files.createDirectories(folder.resolve("product").resolve("worker").resolve("lib"));
    }

    @Test
    void aNodeThatIsAsItMustBeHasNothingButOk() {
        List<Finding> findings = findings(LONG);
        assertThat(findings).extracting(Finding::state).containsOnly(State.OK);
        assertThat(findings)
                .extracting(Finding::subject)
                .containsExactly("shared storage", "Java on nodes", "the product on nodes", "clock of nodes");
        assertThat(found(findings, "Java on nodes").fact()).contains("version");
    }

    @Test
    void aNodeThatDoesNotSeeWhatWasWrittenHereIsAFailureOfTheStorage() {
        node = script -> script.replace("$mark.seen", "$mark.elsewhere");
        assertThat(found(findings(LONG), "shared storage").state()).isEqualTo(State.FAILED);
    }

    @Test
    void anAnswerThatIsNeverSeenHereIsAFailureOfTheStorageOnceTheJobIsOver() {
        node = script -> script.replace("$mark.answer", "$mark.lost");
        Finding storage = found(findings(SHORT), "shared storage");
        assertThat(storage.state()).isEqualTo(State.FAILED);
        assertThat(storage.fact()).contains("job 7 is over");
    }

    @Test
    void aJavaThatDoesNotStartThereIsAFailure() {
        node = script -> script.replace(Distribution.java().toString(), "/no/such/java");
        assertThat(found(findings(LONG), "Java on nodes").state()).isEqualTo(State.FAILED);
    }

    @Test
    void aNodeWithoutTheProductIsAFailure() {
        node = script -> script.replace(folder.resolve("product").toString(), "/no/such/product");
        assertThat(found(findings(LONG), "the product on nodes").state()).isEqualTo(State.FAILED);
    }

    @Test
    void aNodeWhoseClockIsOffIsAWarning() {
        node = script -> script.replace("\"$HOSTNAME\" -1", "\"$HOSTNAME\" 1700000000");
        assertThat(found(findings(LONG), "clock of nodes").state()).isEqualTo(State.WARNING);
    }

    @Test
    void aDatabaseThatANodeDoesNotReachIsAWarning() {
        NodeProbe.Server nobody = new NodeProbe.Server("127.0.0.1", 1);
        assertThat(found(probe().findings(Optional.of(nobody), LONG), "database from nodes")
                        .state())
                .isEqualTo(State.WARNING);
    }

    @Test
    void aJobThatWaitsIsCancelledAndTheReasonIsGiven() {
        starts = false;
        queue = "mugv-doctor|7|N/A|7|PENDING|0|1795367361|N/A|N/A|n/a|0|Priority\n";
        List<Finding> findings = findings(SHORT);
        assertThat(found(findings, "a job on a node").state()).isEqualTo(State.WARNING);
        assertThat(found(findings, "a job on a node").fact()).contains("(Priority)");
        assertThat(calls).anyMatch(call -> call.contains("scancel") && call.contains("7"));
    }

    private List<Finding> findings(Duration patience) {
        return probe().findings(Optional.empty(), patience);
    }

    private NodeProbe probe() {
        return new NodeProbe(
                ConfigurationFile.read(Path.of("../ops/demo/demo.yaml"), PathCheck.SKIPPED)
                        .slurm(),
                new CommandLineSlurmClient(this::slurm, LONG),
                folder.resolve("workspace"),
                new Distribution(folder.resolve("product")),
                NodeStorage.SHARED);
    }

    private static Finding found(List<Finding> findings, String subject) {
        return findings.stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new AssertionError(findings.toString()));
    }

    private CommandResult slurm(List<String> command, Duration limit) {
        calls.add(command);
        if (command.contains("sbatch")) {
            if (starts) {
                run(Path.of(command.get(command.size() - 1)));
            }
            return new CommandResult.Finished(0, "7\n", "");
        }
        return new CommandResult.Finished(0, command.contains("squeue") ? queue : "", "");
    }

    private void run(Path script) {
        try {
            Path there = Files.writeString(folder.resolve("node.sh"), node.apply(Files.readString(script)));
            new ProcessBuilder("/bin/bash", there.toString()).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
