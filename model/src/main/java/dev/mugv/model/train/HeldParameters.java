package dev.mugv.model.train;

import dev.mugv.model.dit.HeldSlice;
import dev.mugv.model.dit.ModelShare;
import dev.mugv.model.dit.ShareTensors;
import dev.mugv.model.parallel.OwnedRange;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSlice;
import dev.mugv.model.tensor.TensorSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What this rank's trained parameters are of the logical tensors that a checkpoint holds: all of them, or its share of a model. */
public final class HeldParameters {
    private final List<ParameterShape> shapes;
    private final Map<String, ParameterShape> byName = new HashMap<>();
    private final Optional<ModelShare> share;

    private HeldParameters(Collection<ParameterShape> shapes, Optional<ModelShare> share) {
        this.shapes = List.copyOf(shapes);
        this.share = share.filter(part -> !part.isWhole());
        shapes.forEach(shape -> byName.put(shape.name(), shape));
    }

    /** Parameters that this rank has whole. */
    public static HeldParameters whole(ParameterSet parameters) {
        return new HeldParameters(parameters.shapes(), Optional.empty());
    }

    /**
     * Those of a share.
     *
     * @param shapes of the logical tensors, also of those that this rank has nothing of
     */
    static HeldParameters of(Collection<ParameterShape> shapes, ModelShare share) {
        return new HeldParameters(shapes, Optional.of(share));
    }

    /** The logical tensors. */
    List<ParameterShape> shapes() {
        return shapes;
    }

    /** Whether this rank is the one of those that hold these very values that counts them: in a norm, and when they are saved. */
    boolean counts(String name) {
        return share.map(part -> part.counts(name)).orElse(true);
    }

    /** Logical tensors as this rank's parts of them. */
    TensorSource parts(TensorSource logical) {
        return share.isPresent() ? new ShareTensors(logical, share.get()) : logical;
    }

    /** Where consecutive elements of a parameter of this rank lie in its logical tensor. */
    List<HeldSlice> slices(OwnedRange range) {
        String name = range.parameter().name();
        ParameterShape logical = Objects.requireNonNull(byName.get(name), name);
        return share.map(part -> part.slices(logical, range.first(), range.count()))
                .orElseGet(() -> List.of(new HeldSlice(
                        TensorSlice.range(name, logical.shape(), range.first(), range.count()), range.first())));
    }
}
