package dev.mugv.jobs.certify;

import dev.mugv.jobs.certify.FaultFolder.Fault;
import dev.mugv.jobs.certify.Testimonies.RunTestimony;
import dev.mugv.jobs.certify.Trial.TrialFailure;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.steps.work.AttemptState;
import dev.mugv.steps.work.SubmissionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Every fault that {@code mugv certify} tries, with sizes that make over 200 attempts hit on a cluster of one's own. */
final class Scenarios {
    /** Names of the faults of a whole cluster. */
    static final List<String> OF_THE_CLUSTER = List.of("slurmctld-frozen", "accounting-down", "node-lost");

    private static final long SHORT = 500;
    private static final long LONG = 40_000;

    private final CertificationSettings settings;
    private final Random random;

    /**
     * @param round from 1; with the seed it decides what is chosen by chance
     */
    Scenarios(CertificationSettings settings, int round) {
        this.settings = settings;
        this.random = new Random(settings.seed() * 31 + round);
    }

    /** Faults in the controller's way, which any cluster bears. Those that take longest come first. */
    List<Scenario> ofTheController() {
        return List.of(
                others("sbatch-lost", 12, 1_000, 0, this::sbatchLost),
                others("killed-before-sbatch", 12, 1_000, 0, trial -> killed(trial, beforeSubmission())),
                others("killed-at-every-transition", 16, 1_000, 300, trial -> killed(trial, afterSubmission())),
                others("requeued", 14, LONG, 0, this::requeued),
                others("cancelled-by-an-administrator", 8, 1_000, 0, this::cancelled),
                new Scenario(
                        "killed-for-memory",
                        new TrialOrder.Work(settings.scaled(6), SHORT, 0, SHORT, settings.scaled(4)),
                        this::killedForMemory,
                        Scenario.Company.OTHERS),
                others("sbatch-taken-and-timed-out", 30, 1_000, 0, this::sbatchTaken),
                others("no-answer", 16, 1_000, 500, this::noAnswer),
                others("accounting-silent", 16, 1_000, 300, this::accountingSilent),
                others("accounting-late", 16, 1_000, 300, this::accountingLate),
                others("controller-frozen", 16, 1_000, 200, this::controllerFrozen));
    }

    /** Faults of the whole cluster, which only one of one's own is given. */
    List<Scenario> ofTheCluster(DevelopmentCluster cluster) {
        return List.of(
                alone("slurmctld-frozen", 50, 500, 0, trial -> slurmFrozen(trial, cluster)),
                alone("accounting-down", 10, 1_000, 500, trial -> accountingDown(trial, cluster)),
                alone("node-lost", 10, LONG, 0, trial -> nodeLost(trial, cluster)));
    }

    private Scenario others(String name, int pieces, long first, long step, Scenario.Course course) {
        return new Scenario(name, work(pieces, first, step), course, Scenario.Company.OTHERS);
    }

    private Scenario alone(String name, int pieces, long first, long step, Scenario.Course course) {
        return new Scenario(name, work(pieces, first, step), course, Scenario.Company.ALONE);
    }

    private TrialOrder.Work work(int pieces, long first, long step) {
        return new TrialOrder.Work(settings.scaled(pieces), first, step, SHORT, 0);
    }

    private static List<KillPoint> beforeSubmission() {
        return List.of(KillPoint.HANDING_OVER, KillPoint.ABSENT, KillPoint.ACCEPTED);
    }

    private static List<KillPoint> afterSubmission() {
        return List.of(
                KillPoint.PLANNED,
                KillPoint.PREPARED,
                KillPoint.WITHDRAWN,
                KillPoint.ANSWERED,
                KillPoint.ADOPTED,
                KillPoint.RUNNING,
                KillPoint.ASKED,
                KillPoint.DECIDED,
                KillPoint.COMPLETED);
    }

    private void sbatchTaken(Trial trial) {
        trial.faults().put(Fault.SBATCH_TAKEN);
        Process controller = trial.start();
        trial.until("the lost answer", () -> trial.faults().isUsed(Fault.SBATCH_TAKEN));
        trial.hitOpen();
        trial.completes(controller);
    }

    private void sbatchLost(Trial trial) {
        trial.faults().put(Fault.SBATCH_LOST);
        Process controller = trial.start();
        trial.until("the lost submission", () -> trial.faults().isUsed(Fault.SBATCH_LOST));
        trial.hitOpen();
        trial.completes(controller);
    }

    /** One controller after the other, each killed at its point; the last goes to the end. */
    private void killed(Trial trial, List<KillPoint> points) {
        trial.hold();
        for (KillPoint point : points) {
            if (point == KillPoint.DECIDED || point == KillPoint.ACCEPTED) {
                trial.letGo();
            }
            trial.faults().killAt(point);
            int code = trial.end(trial.start());
            if (code != Trial.KILLED) {
                throw new TrialFailure(
                        "point %s was not reached: the controller ended with exit code %d".formatted(point, code));
            }
            if (point == KillPoint.COMPLETED) {
                trial.hitAll();
            }
            trial.hitOpen();
        }
        trial.completes(trial.start());
    }

    private void noAnswer(Trial trial) {
        Process controller = trial.start();
        trial.untilAtWork(1);
        trial.faults().put(Fault.SILENCE);
        trial.hitOpen();
        trial.pause(Duration.ofSeconds(15 + random.nextInt(10)));
        trial.faults().remove(Fault.SILENCE);
        trial.completes(controller);
    }

    /** The queue forgets at once what is over, so that everything rests on accounting, which says nothing for a while. */
    private void accountingSilent(Trial trial) {
        trial.faults().put(Fault.FORGETFUL_QUEUE);
        trial.faults().put(Fault.ACCOUNTING_SILENT);
        Process controller = trial.start();
        trial.until("the first end", () -> trial.testimonies().stream().anyMatch(RunTestimony::isOver));
        trial.hitOpen();
        trial.pause(Duration.ofSeconds(10 + random.nextInt(10)));
        trial.faults().remove(Fault.ACCOUNTING_SILENT);
        trial.completes(controller);
    }

    private void accountingLate(Trial trial) {
        trial.faults().put(Fault.FORGETFUL_QUEUE);
        trial.faults().put(Fault.ACCOUNTING_LATE);
        Process controller = trial.start();
        trial.untilAtWork(1);
        trial.hitOpen();
        trial.completes(controller);
    }

    /** Each running element is put back once; only that one runs again. */
    private void requeued(Trial trial) {
        Process controller = trial.start();
        Set<ElementId> done = new HashSet<>();
        int pieces = settings.scaled(14);
        trial.until("a requeue of every element", () -> {
            for (RunTestimony run : trial.atWork()) {
                boolean first = run.run() == 0 && !done.contains(run.element());
                if (first
                        && isSubmitted(trial, run.element())
                        && trial.slurm("scontrol", "requeue", trial.slurmId(run.element()))) {
                    done.add(run.element());
                    trial.injure(run.element(), Injury.REQUEUED);
                }
            }
            return done.size() == pieces;
        });
        trial.completes(controller);
    }

    /** Half of the elements are cancelled while they run; the command given again has them done. */
    private void cancelled(Trial trial) {
        trial.hold();
        Process controller = trial.start();
        int pieces = settings.scaled(8);
        trial.untilAtWork(pieces);
        List<RunTestimony> running = new ArrayList<>(trial.atWork());
        running.sort(Comparator.comparing(RunTestimony::piece));
        trial.until(
                "the answer to sbatch", () -> isSubmitted(trial, running.get(0).element()));
        Set<ElementId> cancelled = new HashSet<>();
        for (RunTestimony run : running.subList(0, (pieces + 1) / 2)) {
            trial.injure(run.element(), Injury.CANCELLED);
            cancelled.add(run.element());
            if (!trial.slurm("scancel", trial.slurmId(run.element()))) {
                throw new TrialFailure("scancel was not taken");
            }
        }
        // An element that is let go before the cancellation has reached its node may be done first.
        trial.until(
                "the verdict on what was cancelled",
                () -> trial.attempts().stream()
                        .noneMatch(attempt ->
                                cancelled.contains(attempt.element()) && attempt.state() == AttemptState.OPEN));
        trial.letGo();
        int code = trial.end(controller);
        if (code != TrialController.FAILED) {
            throw new TrialFailure("a cancelled element must fail the step until the command is given again, but the"
                    + " controller ended with exit code " + code);
        }
        trial.completes(trial.start());
    }

    private void killedForMemory(Trial trial) {
        Process controller = trial.start();
        trial.completes(controller);
        trial.attempts().stream()
                .filter(attempt -> attempt.number() == 1)
                .filter(attempt -> attempt.label().compareTo(TrialOrder.label(settings.scaled(4))) < 0)
                .forEach(attempt -> trial.injure(attempt.element(), Injury.KILLED_FOR_MEMORY));
    }

    /** A controller that stands still keeps its lock: a second one must leave, and the first goes on where it was. */
    private void controllerFrozen(Trial trial) {
        Process controller = trial.start();
        trial.untilAtWork(1);
        trial.signal(controller, "STOP");
        try {
            trial.hitOpen();
            int second = trial.end(trial.start());
            if (second != TrialController.ALREADY_RUNNING) {
                throw new TrialFailure("a second controller ended with exit code " + second);
            }
            trial.pause(Duration.ofSeconds(5 + random.nextInt(10)));
        } finally {
            trial.signal(controller, "CONT");
        }
        trial.completes(controller);
    }

    private void slurmFrozen(Trial trial, DevelopmentCluster cluster) {
        // A controller that does not know the cluster yet submits nothing, so Slurm falls silent only now.
        trial.faults().put(Fault.SBATCH_HELD);
        Process controller = trial.start();
        trial.until("the call of sbatch", () -> trial.faults().isUsed(Fault.SBATCH_HELD));
        cluster.freezeController();
        try {
            trial.faults().release(Fault.SBATCH_HELD);
            trial.until(
                    "sbatch's time-out",
                    () -> trial.submissions().stream()
                            .anyMatch(row -> row.state() == SubmissionState.SUBMIT_UNKNOWN
                                    && row.reason().isPresent()));
            trial.hitOpen();
        } finally {
            cluster.thawController();
        }
        trial.completes(controller);
    }

    private void accountingDown(Trial trial, DevelopmentCluster cluster) {
        cluster.stopAccounting();
        Process controller;
        try {
            controller = trial.start();
            trial.until("the first end", () -> trial.testimonies().stream().anyMatch(RunTestimony::isOver));
            trial.hitOpen();
            trial.pause(Duration.ofSeconds(8));
        } finally {
            cluster.startAccounting();
        }
        trial.completes(controller);
    }

    private void nodeLost(Trial trial, DevelopmentCluster cluster) {
        Process controller = trial.start();
        trial.untilAtWork(settings.scaled(10));
        String node = trial.atWork().get(0).host();
        cluster.powerOff(node);
        try {
            trial.atWork().stream()
                    .filter(run -> run.host().equals(node))
                    .forEach(run -> trial.injure(run.element(), Injury.ON_A_LOST_NODE));
            trial.completes(controller);
        } finally {
            if (!cluster.boot(node)) {
                System.err.println("note: " + node + " of the development cluster did not boot again");
            }
        }
    }

    private static boolean isSubmitted(Trial trial, ElementId element) {
        return trial.submissions().stream()
                .anyMatch(row -> row.token().equals(element.token()) && row.state() == SubmissionState.SUBMITTED);
    }
}
