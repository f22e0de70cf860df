package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A transformer with its parameters (null caption included) and the objective's script, in one scope.
 *
 * @param transformer computes velocities
 * @param parameters of the transformer
 * @param flow the objective
 * @param scope parent of every update's own scope
 */
record DitModel(DiffusionTransformer transformer, ParameterSet parameters, FlowMatching flow, NDManager scope)
        implements AutoCloseable {

    /** A model to be trained; all values are zero. */
    static DitModel trainable(DitSize size, ComputePrecision precision, NDManager scope) {
        return of(size, ParameterSet.trainable(scope, DitParameters.shapesWithNullCaption(size)), precision, scope);
    }

    /** A model without gradients, with another's present values. */
    static DitModel frozenCopy(DitModel other, ComputePrecision precision, NDManager scope) {
        return of(other.size(), other.parameters.frozenCopy(scope), precision, scope);
    }

    /** A model without gradients; all values are zero. */
    static DitModel frozen(DitSize size, NDManager scope) {
        return frozen(size, ComputePrecision.FP32, scope);
    }

    /** The same, computing in this precision. */
    static DitModel frozen(DitSize size, ComputePrecision precision, NDManager scope) {
        return of(size, ParameterSet.frozen(scope, DitParameters.shapesWithNullCaption(size)), precision, scope);
    }

    private static DitModel of(DitSize size, ParameterSet parameters, ComputePrecision precision, NDManager scope) {
        return new DitModel(
                new DiffusionTransformer(size, parameters, precision), parameters, new FlowMatching(), scope);
    }

    DitSize size() {
        return transformer.size();
    }

    /**
     * Takes the values of a published file. One without a null caption (a model trained without caption dropout, the
     * released weights) gets a table drawn from the seed.
     */
    void read(Path file, long seed) {
        List<ParameterShape> published = DitParameters.shapes(size());
        try (TensorSource tensors = TensorFiles.open(file)) {
            if (tensors.names().contains(DitParameters.NULL_CAPTION)) {
                tensors.requireExactly(parameters.shapes());
                parameters.fill(tensors);
                return;
            }
            tensors.requireExactly(published);
            DitParameters.initialise(parameters, seed);
            parameters.fill(tensors, published);
        } finally {
            transformer.parametersChanged();
        }
    }

    /** Writes the values under their published names. */
    void write(Path file) {
        parameters.write(file, Map.of("format", "pt"));
    }

    @Override
    public void close() {
        transformer.close();
        flow.close();
        parameters.close();
    }
}
