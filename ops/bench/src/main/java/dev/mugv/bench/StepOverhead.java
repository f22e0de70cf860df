package dev.mugv.bench;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.worker.TaskRegistry;
import dev.mugv.model.worker.Worker;
import dev.mugv.model.worker.WorkerArguments;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.SearchOutcome;
import dev.mugv.slurm.executor.StopOutcome;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.database.DeferredCommits;
import dev.mugv.steps.database.EmbeddedServerFolders;
import dev.mugv.steps.database.SchemaMigration;
import dev.mugv.steps.database.ZonkyPostgres;
import dev.mugv.steps.work.Placements;
import dev.mugv.steps.work.StepScope;
import dev.mugv.steps.work.SubmissionLedger;
import dev.mugv.steps.work.Surroundings;
import dev.mugv.steps.work.WorkEngine;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkListener;
import dev.mugv.steps.work.WorkProgress;
import dev.mugv.steps.work.WorkRecorder;
import dev.mugv.steps.work.WorkResources;
import dev.mugv.steps.work.WorkSettings;
import dev.mugv.steps.work.WorkStep;
import dev.mugv.steps.work.WorkerProgram;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What the controller itself adds to a step of work: ledger, orders, script, verdict and Spring Batch's records, on a real PostgreSQL,
 * with an executor that answers at once and work that is done in this process. The time inside the executor and the worker is taken
 * away, waiting between two looks is left out. Beside it stands what a forced write of a small file and an empty commit take here.
 *
 * <p>Arguments: folder for files and database (absolute, new), steps, of which the first fifth is not counted.
 */
public final class StepOverhead {
    private static final PrintStream OUT = System.out;

    private final Path workspace;
    private final AtOnce executor = new AtOnce();
    private final Map<String, Long> marks = new LinkedHashMap<>();
    private final Map<String, List<Double>> phases = new LinkedHashMap<>();
    private final List<Double> wall = new ArrayList<>();
    private final List<Double> processor = new ArrayList<>();
    private long stepBegan;
    private long processorBefore;

    private StepOverhead(Path workspace) {
        this.workspace = workspace;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        folder.toFile().setExecutable(true, false);
        ZonkyPostgres postgres = new ZonkyPostgres(
                EmbeddedServerFolders.of(folder, System.getenv()).withHome(folder.resolve("server")));
        DatabaseAddress address = postgres.open();
        try {
            new SchemaMigration(address.dataSource()).migrate();
            new StepOverhead(Files.createDirectories(folder.resolve("workspace")))
                    .measure(address, Integer.parseInt(arguments[1]));
        } finally {
            postgres.stop();
        }
    }

    private void measure(DatabaseAddress address, int steps) throws Exception {
        try (var pool = address.pool(4)) {
            JobRepository repository = repository(pool);
            WorkEngine engine = engine(pool);
            List<Step> all = new ArrayList<>();
            for (int i = 0; i < steps; i++) {
                all.add(step(repository, engine, "step-" + i));
            }
            SimpleJobBuilder job = new JobBuilder("overhead", repository).start(all.get(0));
            for (Step each : all.subList(1, all.size())) {
                job = job.next(each);
            }
            JobParameters parameters = new JobParameters();
            JobExecution execution = repository.createJobExecution(
                    repository.createJobInstance("overhead", parameters), parameters, new ExecutionContext());
            begins();
            job.build().execute(execution);
            if (execution.getStatus() != org.springframework.batch.core.BatchStatus.COMPLETED) {
                throw new IllegalStateException("expected a completed job, found " + execution);
            }
            report(steps / 5, forcedWrite(), commit(pool));
        }
    }

    private void begins() {
        stepBegan = System.nanoTime() - executor.outside;
        processorBefore = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - executor.outsideProcessor;
        marks.clear();
    }

    /** Called between a step and the next: what Spring Batch writes at a step's end is the next one's, so sums are whole. */
    private void ends() {
        double millis = (System.nanoTime() - executor.outside - stepBegan) / 1e6;
        wall.add(millis);
        processor.add((ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
                        - executor.outsideProcessor
                        - processorBefore)
                / 1e6);
        long before = stepBegan;
        for (Map.Entry<String, Long> mark : marks.entrySet()) {
            phases.computeIfAbsent(mark.getKey(), key -> new ArrayList<>()).add((mark.getValue() - before) / 1e6);
            before = mark.getValue();
        }
        begins();
    }

    private void report(int warmUp, double forced, double commit) {
        OUT.printf("steps: %d, not counted: %d%n", wall.size(), warmUp);
        OUT.printf(
                "one step: median %.1f ms, nine tenths within %.1f ms; processor time of the controller's thread %.1f ms%n",
                quantile(wall, warmUp, 0.5), quantile(wall, warmUp, 0.9), quantile(processor, warmUp, 0.5));
        OUT.printf("a forced write of 4 KiB: %.2f ms; an empty commit with its record: %.2f ms%n", forced, commit);
        phases.forEach(
                (name, times) -> OUT.printf("  until '%s': median %.1f ms%n", name, quantile(times, warmUp, 0.5)));
    }

    private static double quantile(List<Double> values, int from, double part) {
        double[] sorted = values.stream()
                .skip(from)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    }

    private double forcedWrite() throws IOException {
        Path file = workspace.resolve("forced");
        byte[] content = new byte[4096];
        double[] times = new double[20];
        for (int i = 0; i < times.length; i++) {
            long begun = System.nanoTime();
            DurableFile.write(file, content);
            times[i] = (System.nanoTime() - begun) / 1e6;
        }
        Arrays.sort(times);
        return times[times.length / 2];
    }

    private static double commit(DataSource pool) throws SQLException {
        double[] times = new double[20];
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE commit_timing (value integer)");
            for (int i = 0; i < times.length; i++) {
                long begun = System.nanoTime();
                statement.execute("INSERT INTO commit_timing VALUES (1)");
                times[i] = (System.nanoTime() - begun) / 1e6;
            }
        }
        Arrays.sort(times);
        return times[times.length / 2];
    }

    private Step step(JobRepository repository, WorkEngine engine, String name) {
        WorkItem item = new WorkItem(
                name, TaskKind.CURATE_VIDEO, Json.tree(Map.of("name", name)), List.of(), new WorkResources(1, 100));
        WorkStep step = new WorkStep(() -> List.of(item), recorder(), engine);
        return new StepBuilder(name, repository)
                .tasklet(step)
                .listener(step)
                .listener(new org.springframework.batch.core.listener.StepExecutionListener() {
                    @Override
                    public org.springframework.batch.core.ExitStatus afterStep(
                            org.springframework.batch.core.step.StepExecution execution) {
                        ends();
                        return execution.getExitStatus();
                    }
                })
                .allowStartIfComplete(true)
                .build();
    }

    private WorkEngine engine(DataSource pool) {
        WorkListener listener = new WorkListener() {
            @Override
            public void progressed(WorkProgress progress) {}

            @Override
            public void changed(StepScope scope, String line) {
                String word = line.substring(line.lastIndexOf(' ') + 1);
                marks.put(
                        line.contains("running on") ? "running" : line.contains("accepted") ? "accepted" : word,
                        System.nanoTime() - executor.outside);
            }
        };
        return new WorkEngine(
                new SubmissionLedger(
                        JdbcClient.create(pool), new TransactionTemplate(new JdbcTransactionManager(pool))),
                executor,
                program(),
                new WorkSettings("overhead", workspace, 1, WorkSettings.Limits.local(), Placements.local()),
                new Surroundings(Clock.systemUTC(), duration -> {}, listener));
    }

    private static JobRepository repository(DataSource pool) throws Exception {
        JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
        factory.setDataSource(pool);
        factory.setTransactionManager(new DeferredCommits(pool));
        factory.setIsolationLevelForCreate("ISOLATION_READ_COMMITTED");
        factory.afterPropertiesSet();
        return factory.getObject();
    }

    private static WorkRecorder recorder() {
        return new WorkRecorder() {
            @Override
            public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {}

            @Override
            public void recordFailure(int position, WorkItem item, String message) {
                throw new IllegalStateException(message);
            }
        };
    }

    private static WorkerProgram program() {
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
                return "bench";
            }
        };
    }

    /** Runs at the first look and has ended at the second; its time is not the controller's. */
    private static final class AtOnce implements Executor {
        private final Worker worker = new Worker(
                new TaskRegistry(Map.of(
                        TaskKind.CURATE_VIDEO,
                        () -> context ->
                                Files.writeString(context.pendingOutput().resolve("result"), "done"))),
                kind -> "bench",
                Clock.systemUTC(),
                Duration.ofHours(1));
        private final Set<ElementId> seen = new HashSet<>();
        private final Map<ElementId, Observation> ended = new HashMap<>();
        private long outside;
        private long outsideProcessor;

        @Override
        public SubmissionOutcome submit(ArraySubmission submission) {
            return new SubmissionOutcome.Accepted("1");
        }

        @Override
        public SearchOutcome find(ArraySubmission submission) {
            return new SearchOutcome.NoAnswer("nobody asks for this");
        }

        @Override
        public Duration quarantine() {
            return Duration.ofSeconds(60);
        }

        @Override
        public Map<ElementId, Observation> observe(Collection<ArraySubmission> submissions) {
            long begun = System.nanoTime();
            long processorBegun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            Map<ElementId, Observation> found = new HashMap<>();
            submissions.forEach(submission -> found.put(submission.element(0), observe(submission)));
            outside += System.nanoTime() - begun;
            outsideProcessor += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - processorBegun;
            return found;
        }

        private Observation observe(ArraySubmission submission) {
            Clock clock = Clock.systemUTC();
            if (seen.add(submission.element(0))) {
                return new Observation.Running(0, "node1", clock.instant());
            }
            return ended.computeIfAbsent(submission.element(0), key -> {
                AttemptFolder folder = new AttemptFolder(submission.attempt(0));
                try {
                    Files.createFile(folder.claim(0));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                int exitCode = worker.run(WorkerArguments.parse(List.of(
                        "--order",
                        folder.order().toString(),
                        "--attempt-folder",
                        folder.path().toString(),
                        "--run",
                        "0")));
                return new Observation.Ended(
                        0,
                        exitCode == 0 ? Observation.EndState.COMPLETED : Observation.EndState.FAILED,
                        OptionalInt.of(exitCode),
                        Optional.of(clock.instant()),
                        clock.instant(),
                        "exit status " + exitCode);
            });
        }

        @Override
        public StopOutcome stop(ArraySubmission submission, Set<Integer> indices, Duration grace) {
            return new StopOutcome.Requested();
        }

        @Override
        public Duration observationInterval() {
            return Duration.ZERO;
        }

        @Override
        public int maxElements() {
            return 1000;
        }
    }
}
