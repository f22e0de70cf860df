package dev.mugv.steps.work;

import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes a step's progress from its pieces' states and the workers' heartbeats. */
final class ProgressReport {
    /** Beyond this many, single pieces tell nothing and reading their heartbeats costs. */
    private static final int MAX_RUNNING_SHOWN = 32;

    private final Path workspace;
    private final WorkListener listener;
    private final Map<ElementId, Heartbeat> first = new HashMap<>();
    private final Set<Path> recordsSeen = new HashSet<>();

    ProgressReport(Path workspace, WorkListener listener) {
        this.workspace = workspace;
        this.listener = listener;
    }

    /**
     * Whether a running attempt has left an exit record since this was last asked: a reason to ask the executor before
     * its interval is over. Costs no call to the executor.
     */
    boolean hasNewExitRecord(WorkSession session) {
        boolean found = false;
        for (AttemptEntry attempt : session.open()) {
            if (session.observations().get(attempt.element()) instanceof Observation.Running running) {
                Path record = folder(attempt).exitRecord(running.run());
                found |= Files.exists(record) && recordsSeen.add(record);
            }
        }
        return found;
    }

    /** Tells the listener where the step stands. */
    void report(WorkSession session) {
        int total = 0;
        int done = 0;
        int upToDate = 0;
        int failed = 0;
        for (Piece piece : session.pieces()) {
            total++;
            PieceDecision decision = session.decide(piece);
            done += decision instanceof PieceDecision.Done ? 1 : 0;
            failed += decision instanceof PieceDecision.Failed ? 1 : 0;
            upToDate += piece.wasUpToDate() ? 1 : 0;
        }
        listener.progressed(
                new WorkProgress(session.scope(), total, upToDate, done, failed, session.retried(), running(session)));
    }

    private List<WorkProgress.RunningPiece> running(WorkSession session) {
        List<WorkProgress.RunningPiece> running = new ArrayList<>();
        for (AttemptEntry attempt : session.open()) {
            boolean shown = running.size() < MAX_RUNNING_SHOWN;
            if (shown && session.observations().get(attempt.element()) instanceof Observation.Running now) {
                Optional<Heartbeat> heartbeat = Heartbeat.find(folder(attempt), now.run());
                running.add(heartbeat
                        .map(beat -> piece(attempt, beat))
                        .orElseGet(() -> new WorkProgress.RunningPiece(attempt.label(), 0, 0, "", 0)));
            }
        }
        return running;
    }

    private WorkProgress.RunningPiece piece(AttemptEntry attempt, Heartbeat beat) {
        Heartbeat start = first.computeIfAbsent(attempt.element(), key -> beat);
        double seconds = Duration.between(start.at(), beat.at()).toMillis() / 1000.0;
        double speed = seconds > 0 ? Math.max(0, beat.done() - start.done()) / seconds : 0;
        return new WorkProgress.RunningPiece(attempt.label(), beat.done(), beat.total(), beat.unit(), speed);
    }

    private AttemptFolder folder(AttemptEntry attempt) {
        return AttemptFolder.of(
                workspace, attempt.element().token(), attempt.element().index());
    }
}
