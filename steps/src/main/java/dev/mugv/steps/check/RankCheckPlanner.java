package dev.mugv.steps.check;

import dev.mugv.model.format.RankCheckOrder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.work.AttemptState;
import dev.mugv.steps.work.RankLayout;
import dev.mugv.steps.work.StepScope;
import dev.mugv.steps.work.SubmissionLedger;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.List;

/**
 * Plans one check of an allocation: two ranks of one node unless the configuration of the step says otherwise. Every check
 * that succeeded is followed by a new one; one that a killed controller left is taken up.
 */
public final class RankCheckPlanner implements WorkPlanner {
    public static final String STEP = "check-ranks";

    /** Nodes of one allocation start within seconds of each other; a JVM and a slow file system add some. */
    private static final int WAIT_SECONDS = 120;

    private static final int MEMORY_MEBIBYTES = 512;

    private final String run;
    private final SubmissionLedger ledger;

    public RankCheckPlanner(String run, SubmissionLedger ledger) {
        this.run = run;
        this.ledger = ledger;
    }

    @Override
    public List<WorkItem> plan() {
        long before = ledger.attempts(new StepScope(run, STEP)).stream()
                .filter(attempt -> attempt.state() == AttemptState.SUCCEEDED)
                .count();
        String occasion = "check " + (before + 1) + " of run " + run;
        return List.of(new WorkItem(
                STEP,
                TaskKind.RANK_CHECK,
                Json.tree(new RankCheckOrder(occasion, WAIT_SECONDS)),
                List.of(),
                new WorkResources(1, MEMORY_MEBIBYTES, new RankLayout(1, 2))));
    }
}
