package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.checkpoint.CheckpointPart;
import dev.mugv.model.config.WeightAverage;
import dev.mugv.model.config.WeightAveraging;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.OwnedRange;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.ScriptValue;
import dev.mugv.model.tensor.TensorSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Averages of the trained weights over the updates of a stage, in fp32. Of several ranks each keeps those of its own elements alone,
 * as the optimizer does its moments. The arithmetic is the engine's; an average is a function of the weights after every update,
 * so a run that goes on from a checkpoint ends with the same bits.
 */
final class WeightAverages implements CarriedState, AutoCloseable {
    private final WeightAveraging averaging;
    private final ScriptModule script =
            ScriptArchive.ofResource(WeightAverages.class, "averages.py").load();
    private final ScriptValue weights;
    private final List<Average> averages = new ArrayList<>();

    private record Average(WeightAverage rule, OwnedValues values, ScriptValue arrays) {}

    /**
     * All averages are zero before {@link #begin}.
     *
     * @param sum says which elements are this rank's own
     * @param held what the parameters are of the tensors that are saved
     */
    WeightAverages(
            NDManager parent,
            ParameterSet parameters,
            WeightAveraging averaging,
            GradientSum sum,
            HeldParameters held) {
        this.averaging = averaging;
        List<OwnedRange> owned = sum.owned();
        List<NDArray> views = owned.stream()
                .map(range -> parameters.weightRange(range.parameter().name(), range.first(), range.count()))
                .toList();
        weights = ScriptValue.of(views);
        for (WeightAverage rule : averaging.averages()) {
            OwnedValues values = new OwnedValues(parent, prefix(rule), owned, held);
            averages.add(new Average(rule, values, ScriptValue.of(values.arrays(owned))));
        }
    }

    /** What stands before a parameter's name in a checkpoint's tensors. */
    static String prefix(WeightAverage average) {
        return average.label() + ".";
    }

    /** Before the first update every average is the weights as they are. */
    void begin() {
        averages.forEach(average -> mix(average, 1));
    }

    /** To be called after every update, applied or left out, with this rank's own weights as they then stand. */
    void take(long update) {
        if (update % averaging.every() == 0) {
            averages.forEach(average -> mix(average, average.rule().share(update, averaging.every())));
        }
    }

    private void mix(Average average, double share) {
        script.callUnrecorded("mix")
                .with(average.arrays())
                .with(weights)
                .with(share)
                .run();
    }

    @Override
    public List<CheckpointPart> parts(String group) {
        return averages.stream()
                .flatMap(average -> average.values().parts(group).stream())
                .toList();
    }

    @Override
    public void read(TensorSource tensors) {
        List<ParameterShape> expected = averages.stream()
                .flatMap(average -> average.values().shapes().stream())
                .toList();
        tensors.requireExactly(expected);
        averages.forEach(average -> average.values().read(tensors));
    }

    @Override
    public void close() {
        weights.close();
        for (Average average : averages) {
            average.arrays().close();
            average.values().close();
        }
        script.close();
    }
}
