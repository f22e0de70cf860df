package dev.mugv.steps.work;

import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a step's progress from its pieces' states and the workers' heartbeats. */
final class ProgressReport {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressReport.class);

    /** Beyond this many, single pieces tell nothing and reading their heartbeats costs. */
    private static final int MAX_RUNNING_SHOWN = 32;

    private final Path workspace;
    private final WorkListener listener;
    private final Map<ElementId, Heartbeat> first = new HashMap<>();
    private final Map<String, Set<String>> endsSeen = new HashMap<>();

    ProgressReport(Path workspace, WorkListener listener) {
        this.workspace = workspace;
        this.listener = listener;
    }

    /**
     * Whether a run of these submissions has ended since this was last asked, by the mark that its script leaves: a reason
     * to ask the executor before its interval is over. Costs one listing a submission, and no call to the executor.
     */
    boolean hasNewEnd(Collection<ArraySubmission> live) {
        boolean found = false;
        for (ArraySubmission submission : live) {
            Set<String> seen = endsSeen.computeIfAbsent(submission.token(), key -> new HashSet<>());
            if (!Files.isDirectory(submission.ended())) {
                continue;
            }
            try (Stream<Path> marks = Files.list(submission.ended())) {
                for (Path mark : marks.toList()) {
                    found |= seen.add(mark.getFileName().toString());
                }
            } catch (IOException e) {
                LOG.debug("the ends of {} could not be listed", submission.token(), e);
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
            // A successor that waits for its predecessor is no second piece.
            boolean held =
                    session.predecessor(attempt).filter(AttemptEntry::isOpen).isPresent();
            boolean shown = !held && running.size() < MAX_RUNNING_SHOWN;
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
