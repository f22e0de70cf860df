package dev.mugv.model.train;

import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import java.nio.FloatBuffer;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Stops a training whose numbers are no longer finite, and says where that began. */
final class FiniteNumbers {
    private FiniteNumbers() {}

    /**
     * Checks one update before it is applied.
     *
     * @param bad says where it began, asked when something is not finite
     *
     * @throws WorkFailure of kind {@link FailureKind#DIVERGED} naming the first tensor in the model's order, the update and
     *     the samples
     */
    static void require(String stage, long update, BatchMeasure batch, double gradientNorm, Supplier<String> bad) {
        if (Double.isFinite(batch.loss()) && Double.isFinite(gradientNorm)) {
            return;
        }
        throw new WorkFailure(
                FailureKind.DIVERGED,
                ("Cannot go on training '%s': %s at update %d (loss %s, samples %s). Lower the learning rate or leave those"
                                + " samples out; the checkpoint before this update is kept.")
                        .formatted(stage, bad.get(), update, batch.loss(), String.join(", ", batch.sampleIds())));
    }

    /** The first tensor in the model's order; the gradients of several ranks are looked at together. */
    static String firstBad(ParameterSet parameters, GradientSum sum) {
        for (ParameterShape shape : parameters.shapes()) {
            FloatBuffer values = parameters.values(shape.name());
            OptionalInt index = GradientNorm.firstNonFinite(values, 0, values.limit());
            if (index.isPresent()) {
                return "parameter '%s' holds %s at element %d"
                        .formatted(shape.name(), values.get(index.getAsInt()), index.getAsInt());
            }
        }
        if (sum.ranks().size() > 1) {
            return sum.firstNonFinite()
                    .orElse("the loss or the norm of the gradients is not finite, all parameters and gradients are");
        }
        for (ParameterShape shape : parameters.shapes()) {
            FloatBuffer gradient = parameters.gradient(shape.name());
            OptionalInt index = GradientNorm.firstNonFinite(gradient, 0, gradient.limit());
            if (index.isPresent()) {
                return "the gradient of '%s' holds %s at element %d"
                        .formatted(shape.name(), gradient.get(index.getAsInt()), index.getAsInt());
            }
        }
        return "the loss or the norm of the gradients is not finite, all parameters and gradients are";
    }
}
