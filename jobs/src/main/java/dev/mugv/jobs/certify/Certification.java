package dev.mugv.jobs.certify;

import dev.mugv.jobs.batch.ClusterLink;
import dev.mugv.jobs.certify.CertificationReport.FaultResult;
import dev.mugv.model.config.ExecutorKind;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.ClusterLimits;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.steps.work.SubmissionEntry;
import dev.mugv.steps.work.SubmissionLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Tries every fault on runs of its own, all of them through the product's controller, workers and Slurm jobs, and counts what was
 * done twice, lost or judged wrongly by what the runs themselves leave and by Slurm's own lists.
 */
public final class Certification {
    /** Controllers at a time; a laptop bears no more. */
    private static final int TRIALS_AT_A_TIME = 6;

    private static final String NOBODYS = "this cluster is not a development cluster of one's own";

    private final CertificationSettings settings;
    private final Consumer<String> progress;
    private final Instant startedAt = Instant.now();
    private final String mark;
    private final Tally tally = new Tally();

    /**
     * @param progress hears a line now and then
     */
    public Certification(CertificationSettings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
        this.mark = "certify-" + Long.toString(startedAt.getEpochSecond(), 36);
        if (settings.configuration().executor() != ExecutorKind.SLURM) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot certify a cluster: expected 'executor: slurm' in '%s', found 'local'. Name the configuration of a run on Slurm."
                            .formatted(settings.file()));
        }
    }

    /** Runs to the end. */
    public CertificationReport run(Optional<Path> home) {
        DataSource source = settings.database().dataSource();
        SubmissionLedger ledger = new SubmissionLedger(
                JdbcClient.create(source), new TransactionTemplate(new JdbcTransactionManager(source)));
        Optional<DevelopmentCluster> own =
                home.flatMap(folder -> DevelopmentCluster.find(settings.environment(), folder));
        try (ClusterLink link = ClusterLink.of(settings.configuration().slurm())) {
            String version = version(link);
            Bench bench = new Bench(ledger, JdbcClient.create(source), link);
            for (int round = 1; round <= settings.rounds(); round++) {
                Scenarios scenarios = new Scenarios(settings, round);
                together(wanted(scenarios.ofTheController()), round, bench);
                if (own.isPresent()) {
                    for (Scenario scenario : wanted(scenarios.ofTheCluster(own.get()))) {
                        tally.add(tried(scenario, round, bench));
                    }
                } else {
                    for (String name : Scenarios.OF_THE_CLUSTER) {
                        tally.results.add(new FaultResult(round, name, 0, 0, NOBODYS));
                    }
                }
            }
            requireSomething();
            return report(version, new SlurmCount(link.client()).count(tally.submissions, startedAt.minusSeconds(60)));
        }
    }

    private List<Scenario> wanted(List<Scenario> scenarios) {
        return scenarios.stream()
                .filter(scenario -> settings.wants(scenario.name()))
                .toList();
    }

    private void requireSomething() {
        if (tally.results.stream().allMatch(result -> !result.notTried().isEmpty())) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot certify the cluster: no fault of the names %s can be tried here. Correct --fault."
                            .formatted(settings.only()));
        }
    }

    private static String version(ClusterLink link) {
        Answer<ClusterLimits> limits = link.client().limits();
        if (limits instanceof Answer.Answered<ClusterLimits> answered) {
            return answered.value().version();
        }
        throw new WorkFailure(
                FailureKind.TRANSIENT,
                "Cannot certify the cluster: expected Slurm's configuration, found: %s. See 'mugv doctor'."
                        .formatted(limits));
    }

    private void together(List<Scenario> scenarios, int round, Bench bench) {
        ExecutorService threads = Executors.newFixedThreadPool(TRIALS_AT_A_TIME);
        try {
            List<Future<Outcome>> outcomes = scenarios.stream()
                    .map(scenario -> threads.submit(() -> tried(scenario, round, bench)))
                    .toList();
            for (Future<Outcome> outcome : outcomes) {
                tally.add(outcome.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a trial could not be judged", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private Outcome tried(Scenario scenario, int round, Bench bench) {
        String name = mark + "-" + round + "-" + scenario.name();
        TrialOrder order = new TrialOrder(
                settings.file(),
                name.substring(0, Math.min(60, name.length())),
                settings.folder().resolve(round + "-" + scenario.name()),
                scenario.work(),
                settings.database().url(),
                settings.database().user());
        Instant begun = Instant.now();
        progress.accept("round %d: %s begins".formatted(round, scenario.name()));
        Findings trouble = Findings.none();
        try (Trial trial =
                new Trial(settings, order, bench.ledger(), bench.link().runner())) {
            try {
                scenario.course().run(trial);
            } catch (Trial.TrialFailure failure) {
                trouble = Findings.loss(scenario.name() + ": " + failure.getMessage());
                cancelAll(trial);
            }
            Findings findings = trouble.and(Truth.of(record(order, trial, bench)));
            long seconds = Duration.between(begun, Instant.now()).toSeconds();
            progress.accept("round %d: %s ended after %d s, %d attempts hit%s"
                    .formatted(
                            round,
                            scenario.name(),
                            seconds,
                            trial.hits().size(),
                            findings.areNone() ? "" : ", NOT as it must be"));
            return new Outcome(
                    new FaultResult(round, scenario.name(), trial.hits().size(), seconds, ""),
                    trial.hits(),
                    trial.submissions(),
                    trial.attempts().size(),
                    trial.testimonies().size(),
                    findings);
        }
    }

    private static Truth.Record record(TrialOrder order, Trial trial, Bench bench) {
        return new Truth.Record(
                IntStream.range(0, order.work().pieces())
                        .mapToObj(TrialOrder::label)
                        .toList(),
                trial.attempts(),
                bench.lastRuns(order.name()),
                trial.testimonies(),
                trial.injuries());
    }

    /** A trial that went wrong leaves nothing behind in the queue. */
    private static void cancelAll(Trial trial) {
        trial.submissions().forEach(row -> trial.slurm("scancel", "--quiet", "--name=mugv-" + row.token()));
    }

    private CertificationReport report(String version, SlurmCount.Counted counted) {
        Findings findings = tally.findings.and(counted.findings());
        return new CertificationReport(
                version,
                startedAt,
                Duration.between(startedAt, Instant.now()).toSeconds(),
                settings.rounds(),
                settings.seed(),
                counted.jobs(),
                tally.attempts,
                tally.runs,
                tally.hits.size(),
                tally.results,
                CertificationReport.FoundWrong.of(findings));
    }

    private record Outcome(
            FaultResult result,
            Set<ElementId> hits,
            List<SubmissionEntry> submissions,
            int attempts,
            int runs,
            Findings findings) {}

    /** What all trials share. */
    private record Bench(SubmissionLedger ledger, JdbcClient jdbc, ClusterLink link) {
        java.util.Map<ElementId, Integer> lastRuns(String run) {
            java.util.Map<ElementId, Integer> last = new java.util.HashMap<>();
            jdbc.sql("""
                            SELECT r.token, r.logical_index, max(r.run_number) AS last
                            FROM attempt_run r JOIN attempt a USING (token, logical_index)
                            WHERE a.run_name = ? GROUP BY r.token, r.logical_index""")
                    .param(run)
                    .query((row, number) -> last.put(
                            new ElementId(row.getString("token"), row.getInt("logical_index")), row.getInt("last")))
                    .list();
            return last;
        }
    }

    /** Sums over all trials. */
    private static final class Tally {
        private final List<FaultResult> results = new ArrayList<>();
        private final Set<ElementId> hits = new HashSet<>();
        private final List<SubmissionEntry> submissions = new ArrayList<>();
        private int attempts;
        private int runs;
        private Findings findings = Findings.none();

        void add(Outcome outcome) {
            results.add(outcome.result());
            hits.addAll(outcome.hits());
            submissions.addAll(outcome.submissions());
            attempts += outcome.attempts();
            runs += outcome.runs();
            findings = findings.and(outcome.findings());
        }
    }
}
