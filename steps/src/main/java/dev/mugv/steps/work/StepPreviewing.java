package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.steps.work.StepPreview.Why;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans a step as the engine does, and asks store and ledger about every piece. */
final class StepPreviewing {
    private final SubmissionLedger ledger;
    private final ArtifactStore store;
    private final WorkerProgram program;
    private final WorkSettings settings;

    StepPreviewing(SubmissionLedger ledger, ArtifactStore store, WorkerProgram program, WorkSettings settings) {
        this.ledger = ledger;
        this.store = store;
        this.program = program;
        this.settings = settings;
    }

    StepPreview preview(String stepName, WorkPlanner planner) {
        Placement placement = settings.placements().of(stepName);
        List<AttemptEntry> attempts = ledger.attempts(new StepScope(settings.runName(), stepName));
        Set<ArtifactKey> seen = new HashSet<>();
        List<StepPreview.Preview> pieces = new ArrayList<>();
        for (WorkItem planned : planner.plan()) {
            WorkItem item = placement.place(planned);
            ArtifactKey key = WorkEngine.key(item, program);
            Why why = seen.add(key) ? why(item, key, attempts) : Why.SAME_AS_ANOTHER;
            pieces.add(new StepPreview.Preview(
                    item.label(),
                    why,
                    item.resources().threads(),
                    item.resources().memoryMebibytes()));
        }
        return new StepPreview(stepName, pieces);
    }

    private Why why(WorkItem item, ArtifactKey key, List<AttemptEntry> attempts) {
        if (store.find(item.task(), key).isPresent()) {
            return Why.UP_TO_DATE;
        }
        Optional<AttemptEntry> last =
                attempts.stream().filter(attempt -> attempt.key().equals(key)).reduce((first, second) -> second);
        if (last.isPresent()) {
            return last.get().isOpen() ? Why.IN_WORK : Why.FAILED_BEFORE;
        }
        boolean madeBefore =
                attempts.stream().anyMatch(attempt -> attempt.label().equals(item.label()));
        return madeBefore ? Why.CHANGED : Why.NEVER_DONE;
    }
}
