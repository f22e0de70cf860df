package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.SearchOutcome;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.slurm.executor.ThrottleOutcome;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hands work over exactly once.
 *
 * <ol>
 *   <li>PREPARED is committed; a controller that finds it knows that the executor was never called, and withdraws it.
 *   <li>Orders and script are written and forced to disk, and sent where nodes have a storage of their own.
 *   <li>SUBMIT_UNKNOWN is committed, then the executor is called; only its clear word leads to SUBMITTED or REJECTED.
 *   <li>A controller that finds SUBMIT_UNKNOWN searches for the token. Only absence past the quarantine leads back to
 *       PREPARED.
 * </ol>
 */
final class SubmissionProtocol {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A refusal in unknown words may be a passing one; three, each proved to have had no effect, are not. */
    private static final int MAX_UNRECOGNISED = 3;

    private final SubmissionLedger ledger;
    private final Executor executor;
    private final WorkSettings settings;
    private final Clock clock;
    private final Transitions transitions;
    private final SubmissionFiles files;
    private final NodeFiles nodes;

    // Six parts because each is a port of its own and this is where they meet.
    SubmissionProtocol(
            SubmissionLedger ledger,
            Executor executor,
            WorkerProgram program,
            WorkSettings settings,
            Clock clock,
            Transitions transitions) {
        this.ledger = ledger;
        this.executor = executor;
        this.settings = settings;
        this.clock = clock;
        this.transitions = transitions;
        this.nodes = new NodeFiles(
                executor.storage(),
                new ArtifactStore(settings.workspace()),
                program,
                settings.workspace(),
                transitions);
        this.files = new SubmissionFiles(ledger, executor, program, settings, clock, transitions);
    }

    /** Gives up what an earlier controller decided and never handed over. */
    boolean withdrawPrepared(WorkSession session) {
        List<SubmissionEntry> left = session.submissions(SubmissionState.PREPARED);
        for (SubmissionEntry row : left) {
            ledger.withdraw(row.token(), clock.instant());
            transitions.note(row.scope(), "submission=%s withdrawn: never handed over", row.token());
        }
        return !left.isEmpty();
    }

    /** Searches for one submission of unknown outcome; true when its state has changed. */
    boolean resolveUnknown(WorkSession session) {
        for (SubmissionEntry row : session.submissions(SubmissionState.SUBMIT_UNKNOWN)) {
            SearchOutcome outcome = executor.find(WorkSession.arraySubmission(settings.workspace(), row));
            if (resolve(row, outcome)) {
                return true;
            }
        }
        return false;
    }

    private boolean resolve(SubmissionEntry row, SearchOutcome outcome) {
        Instant now = clock.instant();
        if (outcome instanceof SearchOutcome.Found found) {
            ledger.markSubmitted(row.token(), found.externalId(), now);
            transitions.note(row.scope(), "submission=%s found as %s, adopted", row.token(), found.externalId());
            return true;
        }
        if (outcome instanceof SearchOutcome.Absent) {
            Instant tried = row.triedAt().orElse(row.preparedAt());
            if (now.isBefore(tried.plus(executor.quarantine()))) {
                return false;
            }
            if (row.refusals() >= MAX_UNRECOGNISED) {
                reject(row, row.reason().orElse("no reason was given"));
                return true;
            }
            ledger.markPrepared(row.token());
            transitions.note(row.scope(), "submission=%s absent past the quarantine, prepared again", row.token());
            return true;
        }
        SearchOutcome.NoAnswer noAnswer = (SearchOutcome.NoAnswer) outcome;
        // The words of a refusal stay: they are what a person needs to see if it comes to that.
        if (row.refusals() == 0 && !row.reason().equals(Optional.of(noAnswer.reason()))) {
            ledger.markUnknown(row.token(), noAnswer.reason());
            transitions.warn(row.scope(), "submission=%s unknown: %s", row.token(), noAnswer.reason());
            return true;
        }
        return false;
    }

    /** Hands one prepared submission over; true when there was one. */
    boolean submitPrepared(WorkSession session) {
        List<SubmissionEntry> prepared = session.submissions(SubmissionState.PREPARED);
        if (prepared.isEmpty()) {
            return false;
        }
        SubmissionEntry row = prepared.get(0);
        ArraySubmission submission = WorkSession.arraySubmission(settings.workspace(), row);
        files.write(session, submission);
        if (!nodes.deliver(session, submission)) {
            return false;
        }
        ledger.markTried(row.token(), clock.instant());
        transitions.note(row.scope(), "submission=%s elements=%d handing over", row.token(), row.elements());
        note(row, executor.submit(submission));
        return true;
    }

    private void note(SubmissionEntry row, SubmissionOutcome outcome) {
        if (outcome instanceof SubmissionOutcome.Accepted accepted) {
            ledger.markSubmitted(row.token(), accepted.externalId(), clock.instant());
            transitions.note(row.scope(), "submission=%s accepted as %s", row.token(), accepted.externalId());
        } else if (outcome instanceof SubmissionOutcome.Rejected rejected) {
            reject(row, rejected.reason());
        } else if (outcome instanceof SubmissionOutcome.Unrecognised unrecognised) {
            ledger.markUnrecognised(row.token(), unrecognised.reason());
            transitions.warn(
                    row.scope(), "submission=%s refused in unknown words: %s", row.token(), unrecognised.reason());
        } else {
            SubmissionOutcome.Unknown unknown = (SubmissionOutcome.Unknown) outcome;
            ledger.markUnknown(row.token(), unknown.reason());
            transitions.warn(row.scope(), "submission=%s unknown: %s", row.token(), unknown.reason());
        }
    }

    private void reject(SubmissionEntry row, String reason) {
        String message =
                ("Cannot submit step '%s': the executor refused it (%s). Remove the cause and give the command again.")
                        .formatted(row.scope().stepName(), reason);
        ledger.markRejected(row.token(), reason, message, clock.instant());
        transitions.warn(row.scope(), "submission=%s rejected: %s", row.token(), reason);
    }

    /**
     * Lets what is left of a step's submissions share what ended ones have set free; true when a share was changed. Once
     * an ended submission, so that a thousand ends cost a few orders.
     */
    boolean raiseShares(WorkSession session) {
        List<AttemptEntry> open = session.open();
        List<SubmissionEntry> live = session.submissions(SubmissionState.SUBMITTED).stream()
                .filter(row -> openOf(open, row) > 0)
                .toList();
        if (live.size() == session.sharedBy()) {
            return false;
        }
        boolean fewer = live.size() < session.sharedBy() || session.sharedBy() == 0;
        session.sharedBy(live.size());
        boolean changed = false;
        for (SubmissionEntry row : fewer ? live : List.<SubmissionEntry>of()) {
            int part = share(openOf(open, row), open.size());
            if (part > row.parallel()) {
                ThrottleOutcome outcome =
                        executor.throttle(WorkSession.arraySubmission(settings.workspace(), row), part);
                if (outcome instanceof ThrottleOutcome.NoAnswer noAnswer) {
                    session.sharedBy(live.size() + 1); // so that it is tried again
                    transitions.warn(row.scope(), "submission=%s share not raised: %s", row.token(), noAnswer.reason());
                } else {
                    ledger.markParallel(row.token(), part);
                    transitions.note(
                            row.scope(), "submission=%s share raised from %d to %d", row.token(), row.parallel(), part);
                    changed = true;
                }
            }
        }
        return changed;
    }

    private static int openOf(List<AttemptEntry> open, SubmissionEntry row) {
        return (int) open.stream()
                .filter(attempt -> attempt.element().token().equals(row.token()))
                .count();
    }

    /** Decides to try every piece that is due, in dense arrays of equal resources; true when there were any. */
    boolean prepareDue(WorkSession session) {
        Instant now = clock.instant();
        Map<SubmissionFiles.Wish, List<DuePiece>> groups = new LinkedHashMap<>();
        for (Piece piece : session.pieces()) {
            due(session, piece, now).ifPresent(due -> {
                WorkResources resources = piece.item().resources().withMemory(due.memoryMebibytes());
                SubmissionFiles.Wish wish =
                        new SubmissionFiles.Wish(resources, SubmissionFiles.timeFactor(session, piece, due.number()));
                groups.computeIfAbsent(wish, key -> new ArrayList<>()).add(due);
            });
        }
        if (groups.isEmpty()) {
            return false;
        }
        Optional<String> place = executor.place();
        if (place.isEmpty()) {
            return false; // the executor does not answer, so nothing could be handed over
        }
        groups.keySet().forEach(wish -> refuseWhatCannotRun(session, wish));
        int largest = executor.maxElements();
        boolean prepared = false;
        int inWork = session.open().size()
                + groups.values().stream().mapToInt(List::size).sum();
        int room = executor.maxQueued() - session.open().size();
        for (List<DuePiece> group : groups.values()) {
            int until = Math.min(group.size(), Math.max(0, room));
            for (int from = 0; from < until; from += largest) {
                List<DuePiece> slice = group.subList(from, Math.min(until, from + largest));
                prepare(session, slice, place.get(), share(slice.size(), inWork), now);
            }
            prepared |= until > 0;
            room -= until;
        }
        return prepared;
    }

    /** What is to be tried now, or to be queued behind what is at work. */
    private Optional<DuePiece> due(WorkSession session, Piece piece, Instant now) {
        PieceDecision decision = session.decide(piece);
        if (decision instanceof PieceDecision.Due due && !now.isBefore(due.notBefore())) {
            return Optional.of(new DuePiece(piece, due.number(), due.memoryMebibytes(), Optional.empty()));
        }
        if (decision instanceof PieceDecision.InWork) {
            Placement placement = settings.placements().of(session.scope().stepName());
            return Relay.due(session, piece, placement, now)
                    .map(attempt -> new DuePiece(
                            piece,
                            session.attempts(piece.key()).stream()
                                            .mapToInt(AttemptEntry::number)
                                            .max()
                                            .orElse(0)
                                    + 1,
                            attempt.memoryMebibytes(),
                            Optional.of(attempt.element())));
        }
        return Optional.empty();
    }

    /** All submissions of a step together run as many elements at once as one alone would; each has at least one. */
    private int share(int elements, int inWork) {
        long part = (long) settings.parallel() * elements / inWork;
        return (int) Math.min(elements, Math.max(1, Math.min(part, settings.parallel())));
    }

    private void refuseWhatCannotRun(WorkSession session, SubmissionFiles.Wish wish) {
        executor.objection(files.resources(session, wish)).ifPresent(objection -> {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot submit step '%s': %s. Change what the step asks for in the configuration and give the command"
                                    + " again.")
                            .formatted(session.scope().stepName(), objection));
        });
    }

    private void prepare(WorkSession session, List<DuePiece> pieces, String place, int parallel, Instant now) {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        SubmissionEntry submission = new SubmissionEntry(
                token,
                session.scope(),
                SubmissionState.PREPARED,
                Optional.of(place),
                pieces.size(),
                parallel,
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0);
        List<AttemptEntry> attempts = new ArrayList<>();
        for (DuePiece due : pieces) {
            attempts.add(due.attempt(new ElementId(token, attempts.size()), session, now));
        }
        ledger.prepare(submission, attempts);
        transitions.note(session.scope(), "submission=%s elements=%d prepared", token, pieces.size());
    }

    /**
     * @param number of the attempt
     * @param predecessor what holds it until that is over
     */
    private record DuePiece(Piece piece, int number, int memoryMebibytes, Optional<ElementId> predecessor) {
        AttemptEntry attempt(ElementId element, WorkSession session, Instant now) {
            return new AttemptEntry(
                    element,
                    session.scope(),
                    session.jobExecution(),
                    piece.item().label(),
                    piece.item().task(),
                    piece.key(),
                    number,
                    memoryMebibytes,
                    AttemptState.OPEN,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    now,
                    Optional.empty(),
                    predecessor);
        }
    }
}
