package dev.mugv.steps.work;

import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.DurableFile;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Segments of a training that are queued while another works, so that they age in the queue. A successor is an attempt of its own, with
 * a submission of its own, which its predecessor's claim holds: when the executor starts it, that one is asked to save and leave, and it
 * goes on from the checkpoint. Nothing is remembered here: a controller that was killed is replaced by the next.
 *
 * <p>The batch script does the same by itself where the predecessor ends in order, so a relay needs no controller that stays; of every
 * other end the controller says what comes of it.
 */
final class Relay {
    /** A checkpoint of 10B weights takes minutes to write; the script waits for longer than this. */
    private static final Duration HAND_OVER = Duration.ofMinutes(10);

    private final WorkSettings settings;
    private final Stopping stopping;
    private final Transitions transitions;

    Relay(WorkSettings settings, Stopping stopping, Transitions transitions) {
        this.settings = settings;
        this.stopping = stopping;
        this.transitions = transitions;
    }

    /** The attempt of a piece in work that is near enough to the end of its time limit to be given a successor. */
    static Optional<AttemptEntry> due(WorkSession session, Piece piece, Placement placement, Instant now) {
        List<AttemptEntry> open = session.attempts(piece.key()).stream()
                .filter(AttemptEntry::isOpen)
                .toList();
        if (placement.relayAhead().isEmpty()
                || !Resumption.isPossible(piece.item().task())
                || open.size() != 1
                || open.get(0).stopReason().isPresent()
                || !(session.observations().get(open.get(0).element()) instanceof Observation.Running running)
                || running.place().isEmpty()) {
            return Optional.empty();
        }
        Instant end = running.since().plus(placement.timeLimit());
        return now.isBefore(end.minus(placement.relayAhead().get())) ? Optional.empty() : Optional.of(open.get(0));
    }

    /** A successor has been started: what it is to go on with is asked to save and leave. */
    void started(WorkSession session, AttemptEntry successor) {
        Optional<AttemptEntry> before = session.predecessor(successor)
                .filter(AttemptEntry::isOpen)
                .filter(each -> each.stopReason().isEmpty());
        if (before.isPresent()) {
            transitions.note(
                    successor.scope(),
                    "attempt=%s/%d label='%s' hands on to %s/%d",
                    before.get().element().token(),
                    before.get().element().index(),
                    successor.label(),
                    successor.element().token(),
                    successor.element().index());
            stopping.ask(session, List.of(before.get()), StopReason.RELAYED, HAND_OVER);
        }
    }

    /** Lets successors go whose predecessors are over, or ends them where nothing of them is needed; true when one was. */
    boolean settle(WorkSession session) {
        for (AttemptEntry successor : session.open()) {
            boolean over = session.predecessor(successor)
                    .filter(before -> !before.isOpen())
                    .isPresent();
            boolean handedOver = session.submission(successor.element().token())
                    .filter(row -> row.state() == SubmissionState.SUBMITTED)
                    .isPresent();
            if (over && handedOver && successor.stopReason().isEmpty() && settle(session, successor)) {
                return true;
            }
        }
        return false;
    }

    private boolean settle(WorkSession session, AttemptEntry successor) {
        ElementId element = successor.element();
        AttemptFolder folder = AttemptFolder.of(settings.workspace(), element.token(), element.index());
        if (Files.exists(folder.released())) {
            return false;
        }
        if (isWanted(session, successor)) {
            try {
                DurableFile.write(folder.released(), new byte[0]);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            transitions.note(
                    successor.scope(),
                    "attempt=%s/%d label='%s' released: its predecessor is over",
                    element.token(),
                    element.index(),
                    successor.label());
            return true;
        }
        transitions.note(
                successor.scope(),
                "attempt=%s/%d label='%s' not needed",
                element.token(),
                element.index(),
                successor.label());
        stopping.ask(
                session,
                List.of(successor),
                StopReason.NOT_NEEDED,
                settings.limits().stopGrace());
        return true;
    }

    /** Whether a next attempt would be decided on now, and would ask for what this one has. */
    private static boolean isWanted(WorkSession session, AttemptEntry successor) {
        List<AttemptEntry> others = session.attempts(successor.key()).stream()
                .filter(attempt -> !attempt.equals(successor))
                .toList();
        return session.piece(successor.key())
                .map(piece -> piece.decide(others, session.jobExecution(), session.tolerance()))
                .filter(decision -> decision instanceof PieceDecision.Due due
                        && due.memoryMebibytes() == successor.memoryMebibytes())
                .isPresent();
    }
}
