package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.mugv.model.config.AdapterConfiguration;
import dev.mugv.model.tensor.CompactWeights;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The values a transformer computes with, by their published names: one set of them, or two when a training changes only some.
 *
 * @param parameters what training changes; all there are of a model that is trained whole, or not at all
 * @param frozen what it leaves as it is, without gradients
 * @param adapters what adapters there are; their values are in one of the sets
 * @param compact what {@link #isCompact} names, of a model that only computes, in bf16: held in two bytes a value and in no set
 */
public record DitWeights(
        ParameterSet parameters,
        Optional<ParameterSet> frozen,
        Optional<AdapterConfiguration> adapters,
        Optional<CompactWeights> compact) {
    /** A model all of whose values are in sets. */
    public DitWeights(ParameterSet parameters, Optional<ParameterSet> frozen, Optional<AdapterConfiguration> adapters) {
        this(parameters, frozen, adapters, Optional.empty());
    }

    /** Whether a parameter is of a matrix product of the blocks, which in bf16 takes rounded values alone. */
    public static boolean isCompact(String name) {
        return name.startsWith("blocks.") && PieceWeights.isOfProduct(name);
    }

    /** A model without adapters of which nothing, or all, is trained. */
    public static DitWeights of(ParameterSet parameters) {
        return new DitWeights(parameters, Optional.empty(), Optional.empty());
    }

    /** Both sets, the trained one first. */
    public List<ParameterSet> sets() {
        return frozen.map(set -> List.of(parameters, set)).orElse(List.of(parameters));
    }

    /** Names and shapes of all values in sets, of the trained set first. */
    public List<ParameterShape> shapes() {
        List<ParameterShape> shapes = new ArrayList<>();
        sets().forEach(set -> shapes.addAll(set.shapes()));
        return shapes;
    }

    /** One parameter as an array over its set's memory; of a compact one, an array that scripts alone can read. */
    public NDArray get(String name) {
        if (isHeldCompact(name)) {
            return compact.orElseThrow().get(name);
        }
        return owner(name)
                .orElseThrow(() -> new IllegalArgumentException("no parameter is called " + name))
                .get(name);
    }

    public boolean contains(String name) {
        return isHeldCompact(name) || owner(name).isPresent();
    }

    boolean isHeldCompact(String name) {
        return compact.isPresent() && compact.get().contains(name);
    }

    /** The gradient of one parameter as an array over its set's memory; empty for one that is frozen. */
    public Optional<NDArray> gradient(String name) {
        return owner(name).filter(ParameterSet::isTrainable).map(set -> set.gradientArray(name));
    }

    /** FLOAT32, or FLOAT64 where a proof needs it. */
    DataType type() {
        return parameters.get(parameters.shapes().get(0).name()).getDataType();
    }

    /** Where arrays that live as long as the values may be made. */
    NDManager scope() {
        return parameters.get(parameters.shapes().get(0).name()).getManager();
    }

    private Optional<ParameterSet> owner(String name) {
        return sets().stream().filter(set -> set.contains(name)).findFirst();
    }
}
