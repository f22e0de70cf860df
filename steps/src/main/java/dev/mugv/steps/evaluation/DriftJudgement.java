package dev.mugv.steps.evaluation;

import dev.mugv.model.config.EvaluationConfiguration.OnDrift;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.List;

/** What becomes of an evaluation that gave alarms, once its report is written ({@code evaluate.on-drift}). */
public final class DriftJudgement {
    private DriftJudgement() {}

    /**
     * Lets the alarms pass where they only warn.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} where they are to fail the job, and there are any
     */
    public static void require(OnDrift policy, List<String> alarms) {
        switch (policy) {
            case WARN -> {
                // The report, the summary, 'mugv status' and the web page show them.
            }
            case FAIL -> {
                if (!alarms.isEmpty()) {
                    throw new WorkFailure(
                            FailureKind.INVALID_REQUEST,
                            "Cannot accept the aligned model: expected no alarm, as evaluate.on-drift is fail, found %d. %s The report is written: look at it, change the alignment, or set evaluate.on-drift to warn, and give 'mugv resume'."
                                    .formatted(alarms.size(), String.join(" ", alarms)));
                }
            }
        }
    }
}
