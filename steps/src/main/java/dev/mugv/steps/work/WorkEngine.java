package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.steps.audit.CheckpointRegister;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Carries a step's plan to its end, one transition a call: adopt, submit, observe, judge, try again, record. Everything
 * that matters is in the ledger and on disk before the next transition, so a call may be the last at any instant.
 */
public final class WorkEngine {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration STOP_MARGIN = Duration.ofSeconds(10);

    private final SubmissionLedger ledger;
    private final Executor executor;
    private final WorkerProgram program;
    private final WorkSettings settings;
    private final Clock clock;
    private final Waiter waiter;
    private final Stay stay;
    private final ArtifactStore store;
    private final Transitions transitions;
    private final SubmissionProtocol protocol;
    private final AttemptJudge judge;
    private final Stopping stopping;
    private final Relay relay;
    private final ProgressReport progress;
    private final CheckpointRegister checkpoints;
    private final NodeFiles nodes;

    public WorkEngine(
            SubmissionLedger ledger,
            Executor executor,
            WorkerProgram program,
            WorkSettings settings,
            Surroundings surroundings) {
        this.ledger = ledger;
        this.executor = executor;
        this.program = program;
        this.settings = settings;
        this.clock = surroundings.clock();
        this.waiter = surroundings.waiter();
        this.stay = surroundings.stay();
        this.store = new ArtifactStore(settings.workspace());
        this.transitions = new Transitions(surroundings.listener());
        this.protocol = new SubmissionProtocol(ledger, executor, program, settings, clock, transitions);
        this.nodes = new NodeFiles(executor.storage(), store, program, settings.workspace(), transitions);
        this.judge = new AttemptJudge(ledger, store, settings, clock, transitions, nodes);
        this.stopping = new Stopping(ledger, executor, settings, transitions);
        this.relay = new Relay(settings, stopping, transitions);
        this.progress = new ProgressReport(settings.workspace(), surroundings.listener());
        this.checkpoints = ledger.checkpoints(settings.workspace(), clock);
    }

    /** Plans a step and takes up what is known of it. */
    WorkSession open(String stepName, long jobExecution, WorkPlanner planner, Tolerance tolerance) {
        StepScope scope = new StepScope(settings.runName(), stepName);
        Placement placement = settings.placements().of(stepName);
        List<WorkItem> plan = planner.plan().stream().map(placement::place).toList();
        List<Piece> pieces = new ArrayList<>();
        int upToDate = 0;
        for (WorkItem item : plan) {
            ArtifactKey key = key(item, program);
            Optional<ArtifactRef> published = store.find(item.task(), key);
            upToDate += published.isPresent() ? 1 : 0;
            pieces.add(new Piece(item, key, published));
        }
        WorkSession session = new WorkSession(scope, jobExecution, tolerance, plan, pieces);
        session.load(ledger);
        transitions.note(
                scope,
                "pieces=%d up-to-date=%d open=%d planned",
                plan.size(),
                upToDate,
                session.open().size());
        return session;
    }

    /** The identity of what an item makes. */
    static ArtifactKey key(WorkItem item, WorkerProgram program) {
        return ArtifactKey.of(
                item.task(),
                program.codeVersion(item.task()),
                item.parameters(),
                item.inputs(),
                item.resources().threads(),
                item.resources().layout().ranks());
    }

    /**
     * Transitions until there is none to make for the moment, or a second has passed: Spring Batch writes several rows after each call,
     * which takes longer than a transition.
     */
    WorkOutcome advanceUntilIdle(WorkSession session, WorkRecorder recorder) {
        Instant until = clock.instant().plus(TICK);
        WorkOutcome outcome = advance(session, recorder);
        while (outcome instanceof WorkOutcome.Moved && clock.instant().isBefore(until)) {
            outcome = advance(session, recorder);
        }
        return outcome;
    }

    /** One transition; waits a little when there is none to make. */
    WorkOutcome advance(WorkSession session, WorkRecorder recorder) {
        boolean first = session.isFirstTransition();
        if (first && !session.open().isEmpty()) {
            executor.place().ifPresent(place -> ledger.markPlace(session.scope(), place));
        }
        boolean changed = first && protocol.withdrawPrepared(session);
        changed = changed
                || protocol.resolveUnknown(session)
                || protocol.submitPrepared(session)
                || observe(session)
                || relay.settle(session)
                || protocol.prepareDue(session)
                || protocol.raiseShares(session);
        if (changed) {
            session.noteTransition();
            session.load(ledger);
            return new WorkOutcome.Moved();
        }
        if (isDecided(session)) {
            return finish(session, recorder);
        }
        waiter.pause(executor.observationInterval().compareTo(TICK) < 0 ? executor.observationInterval() : TICK);
        return new WorkOutcome.Waited();
    }

    /** Whether a controller that does not stay has nothing to do at the moment; the work goes on without it. */
    boolean mayLeave(WorkSession session) {
        Instant now = clock.instant();
        return stay == Stay.WHILE_THERE_IS_SOMETHING_TO_DO
                && !session.isUntouched()
                && Departure.isDue(session, session.idleSince(now), now);
    }

    Stay stay() {
        return stay;
    }

    /** Notes that the controller leaves its work alive. */
    void leave(WorkSession session) {
        session.load(ledger);
        transitions.note(session.scope(), "left, open=%d", session.open().size());
    }

    /**
     * What a step would do if it began now; nothing is decided, submitted or recorded.
     *
     * @throws WorkFailure from the planner, when the step cannot be planned yet
     */
    public StepPreview preview(String stepName, WorkPlanner planner) {
        return new StepPreviewing(ledger, store, program, settings).preview(stepName, planner);
    }

    /**
     * Asks everything that is open to stop and waits until it has, within the grace and a margin; what has not ended by
     * then is adopted by the next execution.
     */
    void stop(WorkSession session) {
        session.load(ledger);
        protocol.withdrawPrepared(session);
        session.load(ledger);
        stopping.ask(
                session,
                session.open(),
                StopReason.STOP_REQUESTED,
                settings.limits().stopGrace());
        Instant deadline = clock.instant().plus(settings.limits().stopGrace()).plus(STOP_MARGIN);
        while (!submittedAndOpen(session).isEmpty()
                && clock.instant().isBefore(deadline)
                && !Thread.currentThread().isInterrupted()) {
            session.observedAt(Instant.MIN);
            if (observe(session)) {
                session.load(ledger);
            } else {
                waiter.pause(executor.observationInterval());
            }
        }
        transitions.note(session.scope(), "stopped, open=%d", session.open().size());
    }

    /** Asks the executor when it is time to, and judges what has ended; true when a verdict was noted. */
    private boolean observe(WorkSession session) {
        List<ArraySubmission> live = submittedAndOpen(session);
        Instant now = clock.instant();
        boolean due = !now.isBefore(session.observedAt().plus(executor.observationInterval()));
        if (live.isEmpty()) {
            return false;
        }
        if (!nodes.exchange(session.scope(), live)) {
            return false;
        }
        boolean ended = progress.hasNewEnd(live);
        if (ended) {
            executor.expectChange();
        }
        if (!due && !ended) {
            return false;
        }
        session.observedAt(now);
        Map<ElementId, Observation> found = executor.observe(live);
        boolean decided = false;
        for (AttemptEntry attempt : session.open()) {
            Observation observation = found.get(attempt.element());
            if (observation != null) {
                decided |= note(session, attempt, observation);
            }
        }
        noteLostRuns(session, live, found);
        progress.report(session);
        return decided;
    }

    /** Where the executor put work back after its node was lost, the node is on record though no attempt has failed. */
    private void noteLostRuns(
            WorkSession session, List<ArraySubmission> live, Map<ElementId, Observation> observations) {
        for (ArraySubmission submission : live) {
            Set<Integer> again = new TreeSet<>();
            for (int index = 0; index < submission.elements(); index++) {
                ElementId element = submission.element(index);
                if (observations.get(element) instanceof Observation.Running running
                        && running.run() > session.runsAccounted(element)) {
                    again.add(index);
                    session.runsAccounted(element, running.run());
                }
            }
            if (!again.isEmpty()) {
                executor.earlierEnds(submission, again)
                        .forEach((element, ends) -> ends.stream()
                                .filter(end -> end.state() == Observation.EndState.NODE_FAILURE)
                                .forEach(end -> ledger.nodes().note(element, end, FailureClass.NODE_FAILURE)));
            }
        }
    }

    private boolean note(WorkSession session, AttemptEntry attempt, Observation observation) {
        Observation before = session.observations().put(attempt.element(), observation);
        if (observation instanceof Observation.Ended ended) {
            return judge.judge(session, attempt, ended);
        }
        if (observation instanceof Observation.Running running) {
            if (!(before instanceof Observation.Running earlier) || earlier.run() != running.run()) {
                ledger.recordRunning(attempt.element(), running, clock.instant());
                transitions.note(
                        attempt.scope(),
                        "attempt=%s/%d number=%d run=%d label='%s' running on %s",
                        attempt.element().token(),
                        attempt.element().index(),
                        attempt.number(),
                        running.run(),
                        attempt.label(),
                        running.place());
            }
            stopIfUnwanted(session, attempt, running);
            relay.started(session, attempt);
        } else if (observation instanceof Observation.NoAnswer noAnswer && !observation.equals(before)) {
            transitions.warn(
                    attempt.scope(),
                    "attempt=%s/%d label='%s' no answer: %s",
                    attempt.element().token(),
                    attempt.element().index(),
                    attempt.label(),
                    noAnswer.reason());
        }
        return false;
    }

    /** An attempt that nobody wants any more, or that has hung, is asked to stop once. */
    private void stopIfUnwanted(WorkSession session, AttemptEntry attempt, Observation.Running running) {
        Optional<StopReason> reason = Optional.empty();
        if (session.piece(attempt.key()).isEmpty()) {
            reason = Optional.of(StopReason.NOT_PLANNED);
        } else if (hangs(attempt, running)) {
            reason = Optional.of(StopReason.HANG);
        }
        if (reason.isPresent() && attempt.stopReason().isEmpty()) {
            stopping.warn(session, attempt, reason.get());
        }
    }

    private boolean hangs(AttemptEntry attempt, Observation.Running running) {
        AttemptFolder folder = AttemptFolder.of(
                settings.workspace(),
                attempt.element().token(),
                attempt.element().index());
        Instant moved = Heartbeat.find(folder, running.run())
                .map(Heartbeat::progressedAt)
                .orElse(running.since());
        return clock.instant().isAfter(moved.plus(settings.limits().hang()));
    }

    private List<ArraySubmission> submittedAndOpen(WorkSession session) {
        Set<String> open = new HashSet<>();
        session.open().forEach(attempt -> open.add(attempt.element().token()));
        return session.submissions(SubmissionState.SUBMITTED).stream()
                .filter(row -> open.contains(row.token()))
                .map(row -> WorkSession.arraySubmission(settings.workspace(), row))
                .toList();
    }

    private static boolean isDecided(WorkSession session) {
        for (Piece piece : session.pieces()) {
            PieceDecision decision = session.decide(piece);
            if (decision instanceof PieceDecision.InWork || decision instanceof PieceDecision.Due) {
                return false;
            }
        }
        return session.open().isEmpty();
    }

    private WorkOutcome finish(WorkSession session, WorkRecorder recorder) {
        List<PieceDecision.Failed> failures = new ArrayList<>();
        boolean tolerable = true;
        int done = 0;
        int upToDate = 0;
        for (Piece piece : session.pieces()) {
            if (session.decide(piece) instanceof PieceDecision.Failed failed) {
                failures.add(failed);
                tolerable &= session.tolerance().admits(failed.failure());
            } else {
                done++;
                upToDate += piece.wasUpToDate() ? 1 : 0;
            }
        }
        progress.report(session);
        if (!failures.isEmpty() && (!tolerable || done == 0)) {
            return new WorkOutcome.Failed(failure(session, failures));
        }
        record(session, recorder);
        transitions.note(
                session.scope(), "pieces=%d up-to-date=%d failed=%d completed", done, upToDate, failures.size());
        return new WorkOutcome.Completed(done + failures.size(), upToDate, failures.size());
    }

    private void record(WorkSession session, WorkRecorder recorder) {
        for (int i = 0; i < session.plan().size(); i++) {
            int position = i;
            WorkItem item = session.plan().get(position);
            Piece piece = session.pieceAt(position);
            PieceDecision decision = session.decide(piece);
            ledger.inTransaction(() -> {
                if (decision instanceof PieceDecision.Failed failed) {
                    recorder.recordFailure(position, item, failed.message());
                } else {
                    ArtifactRef ref = piece.published().orElseThrow();
                    recorder.record(position, item, ref, store.folder(item.task(), piece.key()));
                    checkpoints.enter(
                            new CheckpointRegister.Origin(
                                    settings.runName(), session.scope().stepName(), item.label()),
                            ref);
                }
            });
            // Of what was published before, and by a controller that was killed between commit and file.
            piece.published().ifPresent(ref -> checkpoints.writeHead(settings.runName(), ref));
        }
    }

    /** The failure that a person should look at first, and how many there are. */
    private static WorkFailure failure(WorkSession session, List<PieceDecision.Failed> failures) {
        PieceDecision.Failed first = failures.stream()
                .filter(failed -> failed.failure() != FailureClass.BAD_INPUT)
                .findFirst()
                .orElse(failures.get(0));
        String more = failures.size() == 1
                ? ""
                : " (%d of %d pieces of step '%s' failed.)"
                        .formatted(
                                failures.size(),
                                session.plan().size(),
                                session.scope().stepName());
        return new WorkFailure(first.failure().kind(), first.message() + more);
    }
}
