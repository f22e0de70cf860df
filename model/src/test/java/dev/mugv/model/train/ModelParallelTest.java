package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.collective.Communicator;
import dev.mugv.kernels.collective.Elements;
import dev.mugv.kernels.collective.NumberType;
import dev.mugv.kernels.collective.ThreadCommunicator;
import dev.mugv.kernels.collective.ThreadRanks;
import dev.mugv.model.config.AdapterConfiguration;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Layout;
import dev.mugv.model.config.Recomputation;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.Adapters;
import dev.mugv.model.dit.Computation;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.dit.DitWeights;
import dev.mugv.model.dit.ModelRanks;
import dev.mugv.model.dit.ModelShare;
import dev.mugv.model.dit.ParameterCut;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Five updates under every layout of two and four ranks against the same five on one rank: losses, gradient norms, all parameters.
 * Ranks are threads.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelParallelTest {
    /** Blocks for four stages, or heads for four tensor ranks. */
    private static final DitSize DEEP = new DitSize(144, 4, 16, 8);

    private static final DitSize WIDE = new DitSize(288, 1, 16, 8);
    private static final AdapterConfiguration ADAPTERS =
            new AdapterConfiguration(3, 6, AdapterConfiguration.LINEAR_LAYERS, AdapterConfiguration.Publication.MERGED);
    private static final int UPDATES = 5;
    private static final int BATCH = 4;
    private static final double RATE = 1e-3;
    private static final double CLIP = 0.5;

    private final NDManager scope = TorchRuntime.start(1).newScope();

    private final Map<Run, Outcome> oneRank = new HashMap<>();
    private final Map<ParameterShape, double[]> firstValues = new ConcurrentHashMap<>();

    @AfterAll
    void free() {
        scope.close();
    }

    /** How a run computes. */
    private record Run(DitSize size, DataType type, Recomputation recomputation, boolean adapted) {}

    /** What a run leaves: figures by update, and parameters by name, whole. */
    private record Outcome(double[] losses, double[] norms, Map<String, double[]> parameters) {}

    // Sums over tokens, heads and samples are the same numbers in another order: fp64 rounds at 1e-16, over five
    // updates.
    @ParameterizedTest(name = "{0} x {1} x {2} in fp64")
    @CsvSource({"2, 1, 1", "1, 2, 1", "1, 1, 2", "4, 1, 1", "1, 4, 1", "1, 1, 4", "2, 2, 1", "2, 1, 2", "1, 2, 2"})
    void everyLayoutIsTheSameTrainingAsOneRank(int tensor, int pipeline, int data) throws Exception {
        Run run = new Run(size(tensor), DataType.FLOAT64, Recomputation.NONE, false);
        requireEqual(train(new Layout(tensor, pipeline, data), run), onOneRank(run), 1e-10);
    }

    // The same in fp32, which rounds at 6e-8; a sum over 50 tokens or 288 values in another order differs by several of
    // those.
    @ParameterizedTest(name = "{0} x {1} x {2} in fp32")
    @CsvSource({"2, 2, 1", "2, 1, 2", "1, 2, 2"})
    void everyLayoutIsTheSameTrainingWithinTheRoundingOfFp32(int tensor, int pipeline, int data) throws Exception {
        Run run = new Run(size(tensor), DataType.FLOAT32, Recomputation.NONE, false);
        requireEqual(train(new Layout(tensor, pipeline, data), run), onOneRank(run), 1e-5);
    }

    @ParameterizedTest(name = "{0} x {1} x {2} with adapters and recomputation {3}")
    @CsvSource({"2, 2, 1, BLOCK", "2, 1, 2, SELECTIVE"})
    void adaptersAreCutAsTheLayersTheyBelongTo(int tensor, int pipeline, int data, Recomputation recomputation)
            throws Exception {
        Outcome expected = onOneRank(new Run(size(tensor), DataType.FLOAT64, Recomputation.NONE, true));
        Outcome found =
                train(new Layout(tensor, pipeline, data), new Run(size(tensor), DataType.FLOAT64, recomputation, true));
        requireEqual(found, expected, 1e-10);
    }

    @Test
    void aRunOnSeveralRanksIsRepeatedToTheBit() throws Exception {
        Run run = new Run(DEEP, DataType.FLOAT32, Recomputation.NONE, false);
        Outcome first = train(new Layout(2, 2, 1), run);
        Outcome second = train(new Layout(2, 2, 1), run);
        assertThat(second.losses).isEqualTo(first.losses);
        first.parameters.forEach((name, values) ->
                assertThat(second.parameters.get(name)).as(name).isEqualTo(values));
    }

    private static void requireEqual(Outcome found, Outcome expected, double tolerance) {
        for (int i = 0; i < UPDATES; i++) {
            assertThat(Math.abs(found.losses[i] / expected.losses[i] - 1)).isLessThan(tolerance);
            assertThat(Math.abs(found.norms[i] / expected.norms[i] - 1)).isLessThan(tolerance);
        }
        assertThat(found.losses[UPDATES - 1]).isNotEqualTo(found.losses[0]);
        assertThat(found.parameters).containsOnlyKeys(expected.parameters.keySet());
        expected.parameters.forEach((name, values) -> assertThat(difference(found.parameters.get(name), values))
                .as(name)
                .isLessThan(tolerance));
    }

    /** Norm of the difference over the norm of what is expected; NaN where either is, or where a part was never written. */
    private static double difference(double[] found, double[] expected) {
        double square = 0;
        double whole = 0;
        for (int i = 0; i < expected.length; i++) {
            square += (found[i] - expected[i]) * (found[i] - expected[i]);
            whole += expected[i] * expected[i];
        }
        return Math.sqrt(square / whole);
    }

    private static DitSize size(int tensor) {
        return tensor > 2 ? WIDE : DEEP;
    }

    private Outcome onOneRank(Run run) throws Exception {
        Outcome known = oneRank.get(run);
        if (known == null) {
            known = train(Layout.ALONE, run);
            oneRank.put(run, known);
        }
        return known;
    }

    private Outcome train(Layout layout, Run run) throws Exception {
        Outcome outcome = new Outcome(new double[UPDATES], new double[UPDATES], new ConcurrentHashMap<>());
        if (layout.ranks() == 1) {
            train(
                    layout,
                    run,
                    ThreadCommunicator.world(1, Duration.ofMinutes(1)).get(0),
                    outcome);
        } else {
            ThreadRanks.run(layout.ranks(), Duration.ofMinutes(1), world -> train(layout, run, world, outcome));
        }
        return outcome;
    }

    private void train(Layout layout, Run run, Communicator world, Outcome outcome) {
        int rank = world.rank();
        ModelShare share = ModelShare.of(run.size, layout, rank, world.size());
        Communicator replica = world.split("model", layout.dataRank(rank), rank);
        Communicator data = world.split("data", layout.tensorRank(rank) + layout.tensor() * layout.stage(rank), rank);
        try (NDManager local = scope.newSubManager();
                ParameterSet trained = parameters(share, run, local, run.adapted);
                ParameterSet frozen = parameters(share, run, local, false);
                FlowMatching flow = new FlowMatching();
                ScriptModule optimizer = ScriptArchive.ofResource(OptimizerState.class, "optimizer.py")
                        .load()) {
            DitWeights weights = run.adapted
                    ? new DitWeights(trained, Optional.of(frozen), Optional.of(ADAPTERS))
                    : DitWeights.of(trained);
            Computation computation = new Computation(ComputePrecision.FP32, run.recomputation);
            try (DiffusionTransformer model =
                    new DiffusionTransformer(share, weights, computation, ModelRanks.of(share, replica))) {
                FlowStep step = new FlowStep(model, flow, CaptionDropout.Table.FIXED, local);
                List<NDArray> state = new ArrayList<>();
                for (int update = 0; update < UPDATES; update++) {
                    for (ParameterShape shape : trained.shapes()) {
                        clear(trained.gradientArray(shape.name()));
                    }
                    List<FlowSample> own = samples(update, layout.dataRank(rank), layout.data());
                    double[] loss = {
                        step.addGradients(own, new FlowStep.Share(BATCH, 1), piece -> {})
                                .loss(),
                        0
                    };
                    model.sumSharedGradients();
                    trained.shapes()
                            .forEach(shape ->
                                    data.allReduce(EngineMemory.elements(trained.gradientArray(shape.name()))));
                    loss[1] = squares(trained, share);
                    loss = new double[] {sum(data, loss[0]), Math.sqrt(sum(replica, loss[1]))};
                    update(optimizer, trained, state, update, Math.max(1, loss[1] / CLIP));
                    model.parametersChanged();
                    if (rank == 0) {
                        outcome.losses[update] = loss[0];
                        outcome.norms[update] = loss[1];
                    }
                }
            }
            reassemble(trained, share, run, outcome.parameters);
        }
    }

    private static double sum(Communicator ranks, double value) {
        Elements elements = Elements.allocate(NumberType.FP64, 1);
        elements.doubles().put(0, value);
        ranks.allReduce(elements);
        return elements.doubles().get(0);
    }

    private static double squares(ParameterSet parameters, ModelShare share) {
        double sum = 0;
        for (ParameterShape shape : parameters.shapes()) {
            if (share.counts(shape.name())) {
                for (double value : values(parameters.gradientArray(shape.name()))) {
                    sum += value * value;
                }
            }
        }
        return sum;
    }

    /** AdamW by the trainer's own script. */
    private static void update(
            ScriptModule optimizer, ParameterSet parameters, List<NDArray> state, int update, double divisor) {
        List<NDArray> values = new ArrayList<>();
        List<NDArray> gradients = new ArrayList<>();
        for (ParameterShape shape : parameters.shapes()) {
            values.add(parameters.get(shape.name()));
            gradients.add(parameters.gradientArray(shape.name()));
        }
        int count = values.size();
        NDManager scope = values.get(0).getManager();
        for (int i = 0; state.size() < 2 * count; i++) {
            NDArray like = values.get(i % count);
            state.add(scope.zeros(like.getShape(), like.getDataType()));
        }
        NDArray number = EngineMemory.array(scope, new Shape(), update + 1f);
        optimizer
                .callUnrecorded("update")
                .with(values)
                .with(gradients)
                .with(state.subList(0, count))
                .with(state.subList(count, 2 * count))
                .with(Collections.nCopies(count, number))
                .with(EngineMemory.array(scope, new Shape(), (float) divisor))
                .with(divisor > 1)
                .with(RATE)
                .with(0.9)
                .with(0.99)
                .with(1e-6)
                .with(0.01)
                .run();
    }

    private static List<FlowSample> samples(int update, int dataRank, int dataRanks) {
        List<FlowSample> samples = new ArrayList<>();
        List<VideoShape> shapes =
                List.of(TinyTraining.SMALL, TinyTraining.LONG, TinyTraining.SMALL.image(), TinyTraining.SMALL);
        for (int slot = dataRank; slot < BATCH; slot += dataRanks) {
            VideoShape shape = shapes.get(slot);
            float[] text = new float[(2 + slot) * DEEP.textWidth()];
            CounterNoise.of(3, "text", slot).fillGaussian(text);
            samples.add(new FlowSample(
                    "sample-" + slot,
                    shape,
                    TinyTraining.latent("clip-" + slot, shape),
                    new ShownCaption.Whole(FloatBuffer.wrap(text)),
                    0.2 + 0.15 * slot + 0.01 * update,
                    slot == 1 ? Set.of(0) : Set.of(),
                    CounterNoise.of(7, "noise", update, slot)));
        }
        return samples;
    }

    /** Parts of the same whole parameters on every rank: a function of name and index in the whole. */
    private ParameterSet parameters(ModelShare share, Run run, NDManager scope, boolean adapters) {
        List<ParameterShape> whole = whole(run.size, adapters);
        ParameterSet parameters = ParameterSet.trainable(scope, share.shapes(whole), run.type);
        for (ParameterShape shape : whole) {
            if (!share.holds(shape.name())) {
                continue;
            }
            double[] values = firstValues.computeIfAbsent(shape, ModelParallelTest::initial);
            NDArray part = parameters.get(shape.name());
            ParameterCut cut = ParameterCut.of(shape.name());
            Elements elements = EngineMemory.elements(part);
            for (int i = 0; i < elements.count(); i++) {
                long at = cut.inWhole(shape.shape(), share.tensorRanks(), share.tensorRank(), i)
                        .first();
                put(elements, i, values[(int) at]);
            }
        }
        return parameters;
    }

    private static List<ParameterShape> whole(DitSize size, boolean adapters) {
        return adapters ? Adapters.shapes(size, ADAPTERS) : DitParameters.shapes(size);
    }

    /** Of a size at which every part of a block counts. */
    private static double[] initial(ParameterShape shape) {
        float[] values = new float[(int) shape.size()];
        CounterNoise.of(5, "parameters", CounterNoise.counter(shape.name())).fillGaussian(values);
        boolean matrix = shape.shape().dimension() >= 2 && !shape.name().endsWith("table");
        double scale =
                matrix ? 0.7 / Math.sqrt(shape.size() / (double) shape.shape().get(0)) : 0.2;
        double offset = shape.name().endsWith("norm.weight") ? 1 : 0;
        double[] initial = new double[values.length];
        for (int i = 0; i < initial.length; i++) {
            initial[i] = (float) (offset + scale * values[i]);
        }
        return initial;
    }

    private static void reassemble(ParameterSet parts, ModelShare share, Run run, Map<String, double[]> whole) {
        Map<String, ParameterShape> shapes = new HashMap<>();
        whole(run.size, run.adapted).forEach(shape -> shapes.put(shape.name(), shape));
        for (ParameterShape part : parts.shapes()) {
            ParameterShape shape = shapes.get(part.name());
            double[] target = whole.computeIfAbsent(part.name(), name -> {
                double[] empty = new double[(int) shape.size()];
                java.util.Arrays.fill(empty, Double.NaN);
                return empty;
            });
            double[] values = values(parts.get(part.name()));
            ParameterCut cut = ParameterCut.of(part.name());
            synchronized (target) {
                for (int i = 0; i < values.length; i++) {
                    int at = (int) cut.inWhole(shape.shape(), share.tensorRanks(), share.tensorRank(), i)
                            .first();
                    // Every copy of a replicated parameter is the same to the bit.
                    assertThat(Double.isNaN(target[at]) || share.isWhole() || sameCopy(target[at], values[i]))
                            .as(part.name())
                            .isTrue();
                    target[at] = values[i];
                }
            }
        }
    }

    private static boolean sameCopy(double one, double other) {
        return one == other;
    }

    private static double[] values(NDArray array) {
        double[] values = new double[(int) array.size()];
        Elements elements = EngineMemory.elements(array);
        for (int i = 0; i < values.length; i++) {
            values[i] = elements.type() == NumberType.FP64
                    ? elements.doubles().get(i)
                    : elements.floats().get(i);
        }
        return values;
    }

    private static void put(Elements elements, int index, double value) {
        if (elements.type() == NumberType.FP64) {
            elements.doubles().put(index, value);
        } else {
            elements.floats().put(index, (float) value);
        }
    }

    private static void clear(NDArray array) {
        Elements elements = EngineMemory.elements(array);
        elements.copyFrom(Elements.allocate(elements.type(), elements.count()));
    }
}
