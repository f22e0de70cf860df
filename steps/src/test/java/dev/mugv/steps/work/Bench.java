package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.executor.Executor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A step's surroundings in tests: real ledger and files; the executor outlives the controllers that are made here. */
final class Bench {
    static final WorkSettings.Limits LIMITS =
            new WorkSettings.Limits(Duration.ofSeconds(5), Duration.ofMinutes(2), Duration.ZERO);

    final List<String> recorded = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    final SubmissionLedger ledger;
    final StepScope scope;
    private final Executor executor;
    private final WorkerProgram program;
    private final WorkSettings settings;
    private final Surroundings surroundings;
    private long jobExecution;

    Bench(DataSource dataSource, Path workspace, Executor executor, WorkerProgram program, Surroundings surroundings) {
        this(dataSource, executor, program, surroundings, settings(workspace, LIMITS));
    }

    Bench(
            DataSource dataSource,
            Executor executor,
            WorkerProgram program,
            Surroundings surroundings,
            WorkSettings settings) {
        this.executor = executor;
        this.program = program;
        this.surroundings = surroundings;
        this.settings = settings;
        this.scope = new StepScope(settings.runName(), "curate");
        this.ledger = new SubmissionLedger(
                JdbcClient.create(dataSource), new TransactionTemplate(new JdbcTransactionManager(dataSource)));
    }

    /** Each test has a run of its own, named after its temporary folder. */
    static WorkSettings settings(Path workspace, WorkSettings.Limits limits) {
        return new WorkSettings(workspace.getFileName().toString(), workspace, 2, limits, Placements.local());
    }

    static Surroundings surroundings(ManualClock clock, WorkListener listener) {
        return new Surroundings(clock, clock, listener);
    }

    static WorkerProgram inProcess() {
        return new WorkerProgram() {
            @Override
            public List<String> command(WorkResources resources) {
                return List.of("/bin/false");
            }

            @Override
            public SortedMap<String, String> environment(WorkResources resources) {
                return new TreeMap<>();
            }

            @Override
            public String codeVersion(TaskKind task) {
                return "test";
            }
        };
    }

    WorkEngine engine() {
        return new WorkEngine(ledger, executor, program, settings, surroundings);
    }

    WorkSettings settings() {
        return settings;
    }

    WorkRecorder recorder() {
        return new WorkRecorder() {
            @Override
            public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
                if (!Files.isDirectory(folder)) {
                    throw new AssertionError("no folder " + folder);
                }
                recorded.add(item.label());
            }

            @Override
            public void recordFailure(int position, WorkItem item, String message) {
                failures.add(item.label() + ": " + message);
            }
        };
    }

    /** Runs a new execution of the step to its end, as a new controller does. */
    WorkOutcome run(Tolerance tolerance, String... names) {
        WorkEngine engine = engine();
        WorkSession session = engine.open("curate", ++jobExecution, planner(names), tolerance);
        WorkOutcome outcome = engine.advance(session, recorder());
        for (int i = 0; outcome instanceof WorkOutcome.Continues; i++) {
            if (i > 20_000) {
                throw new AssertionError("no end in sight: " + ledger.attempts(scope));
            }
            outcome = engine.advance(session, recorder());
        }
        return outcome;
    }

    static WorkPlanner planner(String... names) {
        return () -> Arrays.stream(names)
                .map(name -> new WorkItem(
                        name,
                        TaskKind.CURATE_VIDEO,
                        // Labels are distinct, contents need not be: what stands behind a colon is only label.
                        Json.tree(Map.of("name", name.replaceFirst(":.*", ""))),
                        List.of(),
                        new WorkResources(1, 100)))
                .toList();
    }

    List<AttemptState> states() {
        return ledger.attempts(scope).stream().map(AttemptEntry::state).toList();
    }

    TreeSet<String> tokens() {
        TreeSet<String> tokens = new TreeSet<>();
        ledger.submissions(scope).forEach(row -> tokens.add(row.token()));
        return tokens;
    }

    static WorkFailure failure(WorkOutcome outcome) {
        return ((WorkOutcome.Failed) outcome).failure();
    }
}
