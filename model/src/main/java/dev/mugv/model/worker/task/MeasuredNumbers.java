package dev.mugv.model.worker.task;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.Map;

/** What measures must be before they are published: a report that came upon NaN would be too late to say whose it is. */
final class MeasuredNumbers {
    private MeasuredNumbers() {}

    /**
     * Refuses NaN; infinity is a measure (the signal-to-noise ratio of equal pictures).
     *
     * @param subject what was measured, for the message
     * @param measures by name
     * @throws WorkFailure of kind {@link FailureKind#DIVERGED} naming the measure
     */
    static void require(String subject, Map<String, Double> measures) {
        measures.forEach((name, value) -> {
            if (value.isNaN()) {
                throw new WorkFailure(
                        FailureKind.DIVERGED,
                        "Cannot publish the measures of %s: expected a number, found NaN for '%s'. Look at the checkpoint's losses, and evaluate another one."
                                .formatted(subject, name));
            }
        });
    }
}
