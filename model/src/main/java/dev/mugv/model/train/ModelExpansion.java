package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitInput;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.format.ExpandWidthOrder;
import dev.mugv.model.format.WidthExpansion;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** One {@code EXPAND_WIDTH} order: a wider model with the same function, and the evidence that it is the same. */
public final class ModelExpansion {
    private static final String STAGE = "expand-width";
    private static final String PURPOSE = "expansion-evidence";
    /** Axes of the input that the two models are compared on: two samples of three latent frames of 8x8. */
    private static final Shape INPUT_BCFHW = new Shape(2, DitParameters.LATENT_CHANNELS, 3, 8, 8);

    private static final int TEXT_TOKENS = 5;
    /** Rounding of fp32 stays a factor of ten and more below this share of the output; a wrong tile is far above. */
    private static final double TOLERANCE = 1e-4;

    private final TaskContext context;
    private final ExpandWidthOrder order;

    public ModelExpansion(TaskContext context) {
        this.context = context;
        this.order = context.parameters(ExpandWidthOrder.class);
    }

    /** Expands, and leaves model, description and evidence in the task's output. */
    public void run() throws IOException {
        PublishedModel source =
                PublishedModel.in(context.input(context.order().inputs().get(0)));
        DitSize narrowSize = source.description().size();
        DitSize wideSize = new DitSize(
                narrowSize.width() * order.factor(),
                narrowSize.layers(),
                narrowSize.textWidth(),
                narrowSize.maxTextTokens());
        WidthExpander expander = new WidthExpander(order.factor());
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        try (NDManager scope = runtime.newScope();
                DitModel narrow = DitModel.frozen(narrowSize, scope);
                DitModel wide = DitModel.frozen(wideSize, scope)) {
            narrow.read(source.weights(), order.seed());
            float[] expected = output(narrow, scope);
            expander.expand(narrow.parameters(), wide.parameters());
            double before = largestDifference(expected, output(wide, scope));
            requireSame(before, largest(expected));
            expander.addNoise(narrow.parameters(), wide.parameters(), order.noise(), order.seed());
            double after = largestDifference(expected, output(wide, scope));
            publish(wide, new WidthExpansion(narrowSize, wideSize, before, after, largest(expected)));
        }
    }

    private static void requireSame(double difference, double largestOutput) {
        if (!(difference <= TOLERANCE * Math.max(1, largestOutput))) {
            throw new WorkFailure(
                    FailureKind.DEFECT,
                    "Cannot publish the wider model: expected the output of the narrow one (largest %s), found a difference of %s. Report this as a defect."
                            .formatted(largestOutput, difference));
        }
    }

    private void publish(DitModel wide, WidthExpansion evidence) throws IOException {
        Path output = context.pendingOutput();
        PublishedModel.write(wide, PublishedModel.Origin.withoutUpdates(STAGE), context);
        Files.writeString(output.resolve(WidthExpansion.FILE_NAME), Json.pretty(evidence));
        context.log("widened from %d to %d: largest output difference %.2e before noise, %.2e after"
                .formatted(
                        evidence.from().width(),
                        evidence.to().width(),
                        evidence.differenceBeforeNoise(),
                        evidence.differenceAfterNoise()));
    }

    private float[] output(DitModel model, NDManager scope) {
        return Autograd.unrecorded(() -> {
            try (NDManager local = scope.newSubManager()) {
                NDArray latent_BCFHW = gaussian(INPUT_BCFHW, 0, local);
                NDArray text_SD =
                        gaussian(new Shape(2L * TEXT_TOKENS, model.size().textWidth()), 1, local);
                List<Integer> frames = DitCondition.consecutive((int) INPUT_BCFHW.get(2));
                List<DitCondition> conditions = List.of(
                        new DitCondition(300, 8, Set.of(0), frames, TEXT_TOKENS),
                        new DitCondition(900, 24, Set.of(), frames, TEXT_TOKENS));
                return model.transformer()
                        .velocity(new DitInput(latent_BCFHW, text_SD, conditions), local)
                        .toFloatArray();
            }
        });
    }

    private NDArray gaussian(Shape shape, long number, NDManager scope) {
        NDArray values = scope.create(shape, DataType.FLOAT32);
        CounterNoise.of(order.seed(), PURPOSE, number).fillGaussian(EngineMemory.floats(values));
        return values;
    }

    /** NaN if any element is: it must not pass for a small difference. */
    private static double largestDifference(float[] expected, float[] found) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs((double) expected[i] - found[i]));
        }
        return largest;
    }

    private static double largest(float[] values) {
        return largestDifference(values, new float[values.length]);
    }
}
