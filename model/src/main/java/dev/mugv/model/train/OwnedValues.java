package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.checkpoint.CheckpointPart;
import dev.mugv.model.dit.HeldSlice;
import dev.mugv.model.parallel.OwnedRange;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSlice;
import dev.mugv.model.tensor.TensorSource;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A value in fp32 for each element that this rank owns, such as a moment or an average. Checkpoints hold those of all ranks as whole
 * tensors, under the parameters' names behind a prefix.
 */
final class OwnedValues implements AutoCloseable {
    private final String prefix;
    private final List<OwnedRange> owned;
    private final HeldParameters held;
    private final ParameterSet values;

    /** All are zero. */
    OwnedValues(NDManager parent, String prefix, List<OwnedRange> owned, HeldParameters held) {
        this.prefix = prefix;
        this.owned = List.copyOf(owned);
        this.held = held;
        this.values = ParameterSet.frozen(
                parent,
                owned.stream()
                        .map(range -> new ParameterShape(name(range), new Shape(range.count())))
                        .toList());
    }

    private String name(OwnedRange range) {
        return prefix + range.parameter().name() + (range.isWhole() ? "" : "@" + range.first());
    }

    /** The values of these ranges, in their order. */
    List<NDArray> arrays(List<OwnedRange> ranges) {
        return values.get(ranges.stream().map(this::name).toList());
    }

    /** What a checkpoint takes of this rank's; of values that several ranks of a replica hold, one writes. */
    List<CheckpointPart> parts(String group) {
        List<CheckpointPart> parts = new ArrayList<>();
        for (OwnedRange range : owned) {
            if (!held.counts(range.parameter().name())) {
                continue;
            }
            for (HeldSlice each : held.slices(range)) {
                parts.add(CheckpointPart.of(group, named(each), slice(range, each)));
            }
        }
        return parts;
    }

    /** The whole tensors that checkpoints hold. */
    List<ParameterShape> shapes() {
        return held.shapes().stream()
                .map(shape -> new ParameterShape(prefix + shape.name(), shape.shape()))
                .toList();
    }

    /** Takes this rank's own from a checkpoint, whatever ranks it was written by. */
    void read(TensorSource tensors) {
        for (OwnedRange range : owned) {
            tensors.requireFinite(prefix + range.parameter().name());
            for (HeldSlice each : held.slices(range)) {
                named(each).read(tensors, slice(range, each));
            }
        }
    }

    private TensorSlice named(HeldSlice slice) {
        return slice.slice().named(prefix + slice.slice().name());
    }

    private FloatBuffer slice(OwnedRange range, HeldSlice each) {
        return values.values(name(range))
                .slice(
                        Math.toIntExact(each.first() - range.first()),
                        Math.toIntExact(each.slice().count()));
    }

    @Override
    public void close() {
        values.close();
    }
}
