package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.steps.database.PostgresFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class NodeExclusionTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path workspace;

    private final ManualClock clock = new ManualClock();
    private InProcessExecutor executor;
    private Bench bench;
    private NodeLedger nodes;

    @BeforeEach
    void installs() {
        executor = new InProcessExecutor(
                (name, context) -> Files.writeString(context.pendingOutput().resolve("x"), name), clock);
        bench = new Bench(
                postgres.dataSource(),
                workspace,
                executor,
                Bench.inProcess(),
                Bench.surroundings(clock, WorkListener.silent()));
        JdbcClient jdbc = JdbcClient.create(postgres.dataSource());
        jdbc.sql("TRUNCATE node_failure, node_readmission").update();
        nodes = new NodeLedger(jdbc);
    }

    @Test
    void aNodeThatFailedTwiceIsLeftOutOfTheNextSubmissionAndShownWithTheEvidence() throws IOException {
        executor.lostNodes.add("n17");
        executor.lostNodes.add("n17");
        bench.run(Tolerance.NONE, "a");
        assertThat(excludes()).containsExactly("", "", "#SBATCH --exclude=n17");
        assertThat(nodes.nodes(Duration.ofDays(1), clock.instant()))
                .singleElement()
                .satisfies(node -> {
                    assertThat(node.node()).isEqualTo("n17");
                    assertThat(node.failures()).isEqualTo(2);
                    assertThat(node.excludedUntil()).isNotEmpty();
                });
        assertThat(nodes.failures(Duration.ofDays(1), clock.instant()))
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure.detail()).contains("Slurm job 7_0 NODE_FAIL"))
                .allSatisfy(failure -> assertThat(failure.label()).isEqualTo("a"));
    }

    @Test
    void oneFailureExcludesNobody() throws IOException {
        executor.lostNodes.add("n1");
        executor.lostNodes.add("n2");
        bench.run(Tolerance.NONE, "a");
        assertThat(excludes()).containsExactly("", "", "");
    }

    @Test
    void aNodeIsUsedAgainAfterAWhileOrWhenAPersonSaysSo() throws IOException {
        executor.lostNodes.add("n3");
        executor.lostNodes.add("n3");
        bench.run(Tolerance.NONE, "a");
        assertThat(nodes.excluded("local", Duration.ofDays(1), clock.instant())).containsExactly("n3");
        assertThat(nodes.excluded("local", Duration.ofDays(1), clock.instant().plus(Duration.ofDays(2))))
                .isEmpty();
        assertThat(nodes.excluded("elsewhere", Duration.ofDays(1), clock.instant()))
                .isEmpty();
        assertThat(nodes.readmit("n4", clock.instant())).isZero();
        clock.pause(Duration.ofSeconds(1));
        assertThat(nodes.readmit("n3", clock.instant())).isEqualTo(1);
        assertThat(nodes.excluded("local", Duration.ofDays(1), clock.instant())).isEmpty();
    }

    @Test
    void neverAreSoManyExcludedThatTheWorkCouldNotRun() throws IOException {
        executor.machines = 1;
        executor.lostNodes.add("n5");
        executor.lostNodes.add("n5");
        bench.run(Tolerance.NONE, "a");
        assertThat(excludes()).containsExactly("", "", "");
    }

    /** The directive of each submission, in their order. */
    private List<String> excludes() throws IOException {
        List<String> found = new ArrayList<>();
        for (ArraySubmission submission : executor.accepted) {
            found.add(Files.readAllLines(submission.script()).stream()
                    .filter(line -> line.startsWith("#SBATCH --exclude"))
                    .findFirst()
                    .orElse(""));
        }
        return found;
    }
}
