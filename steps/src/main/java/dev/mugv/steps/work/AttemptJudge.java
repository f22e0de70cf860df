package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RankRecord;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.model.run.WorkerExit;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.steps.audit.CheckpointRegister;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Hears the three witnesses of an attempt that is over, and notes the verdict. */
final class AttemptJudge {
    private final SubmissionLedger ledger;
    private final ArtifactStore store;
    private final WorkSettings settings;
    private final Clock clock;
    private final Transitions transitions;
    private final CheckpointRegister checkpoints;
    private final NodeFiles nodes;

    // Six parts because each is a port of its own and this is where they meet.
    AttemptJudge(
            SubmissionLedger ledger,
            ArtifactStore store,
            WorkSettings settings,
            Clock clock,
            Transitions transitions,
            NodeFiles nodes) {
        this.nodes = nodes;
        this.ledger = ledger;
        this.store = store;
        this.settings = settings;
        this.clock = clock;
        this.transitions = transitions;
        this.checkpoints = ledger.checkpoints(settings.workspace(), clock);
    }

    /** Judges unless a witness may still be on its way; true when the attempt is decided. */
    boolean judge(WorkSession session, AttemptEntry attempt, Observation.Ended end) {
        ElementId element = attempt.element();
        AttemptFolder folder = AttemptFolder.of(settings.workspace(), element.token(), element.index());
        Instant now = clock.instant();
        if (!isHere(attempt, folder, end.run())) {
            return false;
        }
        Witnesses witnesses = witnesses(attempt, folder, end);
        boolean mayStillShow = witnesses.incomplete()
                && (workerEndedByItself(end) || witnesses.ranks().expected() > 1)
                && now.isBefore(
                        session.endSeen(element, now).plus(settings.limits().witness()));
        if (mayStillShow) {
            return false;
        }
        Verdict verdict = Verdict.of(attempt.label(), end, witnesses.record(), witnesses.manifest(), witnesses.ranks());
        SubmissionLedger.Decision decision = decision(attempt, end, verdict, now);
        ledger.inTransaction(() -> {
            ledger.decide(element, end, witnesses.record(), decision);
            decision.failure()
                    .filter(AttemptJudge::isANodesFault)
                    .filter(failure -> witnesses.ranks().expected() == 1) // of several nodes nobody knows which
                    .ifPresent(failure -> ledger.nodes().note(element, end, failure));
            published(attempt, decision).ifPresent(ref -> checkpoints.enter(origin(attempt), ref));
        });
        Optional<ArtifactRef> published = published(attempt, decision);
        if (published.isPresent()) {
            checkpoints.writeHead(attempt.scope().runName(), published.get());
            session.piece(attempt.key()).ifPresent(piece -> piece.publish(published.get()));
        } else {
            discardPending(folder, end.run());
        }
        say(attempt, end, decision);
        return true;
    }

    /**
     * Has a published artifact fetched where nodes have a storage of their own: false while that does not answer, and then nothing can
     * be judged. What they have and is damaged is no witness, so it stays there.
     */
    private boolean isHere(AttemptEntry attempt, AttemptFolder folder, int run) {
        try {
            Optional<String> manifest =
                    ExitRecord.find(folder, run).flatMap(record -> Optional.ofNullable(record.manifestSha256()));
            return manifest.isEmpty()
                    || nodes.take(attempt.scope(), Json.read(folder.order(), WorkOrder.class), run, manifest.get());
        } catch (WorkFailure damaged) {
            transitions.warn(attempt.scope(), "label='%s' %s", attempt.label(), damaged.text());
            return true;
        }
    }

    private static Optional<ArtifactRef> published(AttemptEntry attempt, SubmissionLedger.Decision decision) {
        return decision.manifestSha256()
                .map(manifest -> new ArtifactRef(attempt.task(), attempt.key().value(), manifest));
    }

    private static CheckpointRegister.Origin origin(AttemptEntry attempt) {
        return new CheckpointRegister.Origin(
                attempt.scope().runName(), attempt.scope().stepName(), attempt.label());
    }

    private SubmissionLedger.Decision decision(
            AttemptEntry attempt, Observation.Ended end, Verdict verdict, Instant now) {
        if (verdict instanceof Verdict.Succeeded succeeded) {
            return new SubmissionLedger.Decision(
                    AttemptState.SUCCEEDED,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(succeeded.manifestSha256()),
                    now);
        }
        // Asked of the ledger and not of the session: another process may have cancelled it.
        Optional<StopReason> reason =
                isEndOfStop(end, verdict) ? ledger.stopReason(attempt.element()) : Optional.empty();
        if (reason.isPresent()) {
            return switch (reason.get()) {
                case HANG -> failed(FailureClass.HANG, hangMessage(attempt), now);
                case CANCELLED ->
                    failed(
                            FailureClass.CANCELLED,
                            "Cannot finish '%s': it was cancelled by 'mugv cancel'; 'mugv why' says by whom. Give the command again to have it done."
                                    .formatted(attempt.label()),
                            now);
                case STOP_REQUESTED, NOT_PLANNED, RELAYED, NOT_NEEDED -> stopped("stopped: " + reason.get(), now);
            };
        }
        if (verdict instanceof Verdict.Failed failed) {
            return failed(failed.failure(), failed.message(), now);
        }
        if (verdict instanceof Verdict.Stopped stopped) {
            if (end.state() == Observation.EndState.CANCELLED) {
                // Its worker heard Slurm's TERM and left in order. Tried again, it would only be cancelled again.
                return failed(FailureClass.CANCELLED, cancelMessage(attempt, end), now);
            }
            return losesItsWork(attempt)
                    ? failed(FailureClass.TIME_LIMIT, timeMessage(attempt), now)
                    : stopped(stopped.message(), now);
        }
        Verdict.Suspect suspect = (Verdict.Suspect) verdict;
        return new SubmissionLedger.Decision(
                AttemptState.SUSPECT,
                Optional.of(FailureClass.SUSPECT),
                Optional.of("Cannot trust the end of '%s': the witnesses disagree (%s). See the attempt's log."
                        .formatted(attempt.label(), suspect.facts())),
                Optional.empty(),
                now);
    }

    private static boolean isANodesFault(FailureClass failure) {
        return failure == FailureClass.NODE_FAILURE || failure == FailureClass.HANG;
    }

    /** After a stop of ours these ends are its effect: saved and left, or ended by the executor past the grace. */
    private static boolean isEndOfStop(Observation.Ended end, Verdict verdict) {
        return verdict instanceof Verdict.Stopped || end.state() == Observation.EndState.CANCELLED;
    }

    /** A stop that no one of us asked for, near the time limit, of work that begins again: as it is, it would never end. */
    private boolean losesItsWork(AttemptEntry attempt) {
        return !Resumption.isPossible(attempt.task())
                && Resumption.wasAskedAtTimeLimit(AttemptFolder.of(
                        settings.workspace(),
                        attempt.element().token(),
                        attempt.element().index()));
    }

    private static String timeMessage(AttemptEntry attempt) {
        return "Cannot finish '%s' within its time limit, and it saves nothing on the way. Raise the step's time limit."
                .formatted(attempt.label());
    }

    private static String cancelMessage(AttemptEntry attempt, Observation.Ended end) {
        return "Cannot finish '%s': somebody cancelled it, not mugv (%s). Ask who and why, then give the command again."
                .formatted(attempt.label(), end.detail());
    }

    private String hangMessage(AttemptEntry attempt) {
        AttemptFolder folder = AttemptFolder.of(
                settings.workspace(),
                attempt.element().token(),
                attempt.element().index());
        String place = folder.latestClaim().stream()
                .mapToObj(run -> Heartbeat.find(folder, run))
                .flatMap(Optional::stream)
                .filter(beat -> beat.total() > 0)
                .map(beat -> " after %d of %d %ss, last seen on %s"
                        .formatted(beat.done(), beat.total(), beat.unit().replaceFirst("s$", ""), beat.host()))
                .findFirst()
                .orElse("");
        return "Cannot finish '%s': no progress for %d minutes%s. See the attempt's log."
                .formatted(attempt.label(), settings.limits().hang().toMinutes(), place);
    }

    private static SubmissionLedger.Decision failed(FailureClass failure, String message, Instant now) {
        return new SubmissionLedger.Decision(
                AttemptState.FAILED, Optional.of(failure), Optional.of(message), Optional.empty(), now);
    }

    private static SubmissionLedger.Decision stopped(String message, Instant now) {
        return new SubmissionLedger.Decision(
                AttemptState.STOPPED, Optional.empty(), Optional.of(message), Optional.empty(), now);
    }

    private Witnesses witnesses(AttemptEntry attempt, AttemptFolder folder, Observation.Ended end) {
        Optional<ExitRecord> record;
        try {
            record = ExitRecord.find(folder, end.run());
        } catch (WorkFailure unreadable) {
            record = Optional.empty(); // written by rename: what cannot be read was damaged later, and is no witness
        }
        Optional<String> manifest;
        try {
            manifest = store.find(attempt.task(), attempt.key()).map(ArtifactRef::manifestSha256);
        } catch (WorkFailure damaged) {
            manifest = Optional.empty();
        }
        return new Witnesses(record, manifest, ranks(folder, end.run()));
    }

    /** Asked of the order, which is there also for what is planned no more. */
    private static RankReports ranks(AttemptFolder folder, int run) {
        int expected = Json.read(folder.order(), WorkOrder.class).ranks().size();
        try {
            return expected == 1
                    ? RankReports.none()
                    : new RankReports(expected, RankRecord.all(folder, run, expected));
        } catch (WorkFailure unreadable) {
            return new RankReports(expected, List.of()); // written by rename: what cannot be read is no witness
        }
    }

    private static boolean workerEndedByItself(Observation.Ended end) {
        int exitCode = end.exitCode().orElse(-1);
        return exitCode == 0
                || exitCode == WorkerExit.STOPPED.code()
                || FailureKind.ofExitCode(exitCode).isPresent();
    }

    /** The attempt is over, so nobody writes there any more; what cannot be removed only takes space. */
    private void discardPending(AttemptFolder folder, int run) {
        try {
            store.discardPending(Json.read(folder.order(), WorkOrder.class), run + 1);
        } catch (IOException | RuntimeException e) {
            org.slf4j.LoggerFactory.getLogger(AttemptJudge.class)
                    .warn("Cannot remove unfinished output of '{}': {}", folder.path(), e.toString());
        }
    }

    private void say(AttemptEntry attempt, Observation.Ended end, SubmissionLedger.Decision decision) {
        String format = "attempt=%s/%d number=%d run=%d label='%s' %s%s%s";
        Object[] values = {
            attempt.element().token(),
            attempt.element().index(),
            attempt.number(),
            end.run(),
            attempt.label(),
            decision.state(),
            decision.failure().map(failure -> " " + failure).orElse(""),
            decision.message().map(message -> ": " + message).orElse("")
        };
        if (decision.failure().isPresent()) {
            transitions.warn(attempt.scope(), format, values);
        } else {
            transitions.note(attempt.scope(), format, values);
        }
    }

    private record Witnesses(Optional<ExitRecord> record, Optional<String> manifest, RankReports ranks) {
        boolean incomplete() {
            return record.isEmpty()
                    || record.get().outcome() == ExitRecord.Outcome.SUCCEEDED
                            && (manifest.isEmpty() || !ranks.isComplete());
        }
    }
}
