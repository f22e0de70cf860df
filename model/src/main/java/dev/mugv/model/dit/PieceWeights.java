package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.ScriptValue;
import java.util.List;

/**
 * Parameters of one piece of the transformer as its forward and its backward pass take them, and their gradients if they have
 * any: views of the {@link ParameterSet}'s memory, or in part rounded copies of it.
 */
final class PieceWeights implements AutoCloseable {
    private final ScriptValue parameters;
    private final ScriptValue gradients;
    /** 1 for each parameter of a matrix product, else 0. */
    private final long[] product;

    private ScriptValue forward;
    private ScriptValue backward;

    private PieceWeights(ScriptValue forward, ScriptValue parameters, ScriptValue gradients, long[] product) {
        this.forward = forward;
        this.backward = parameters;
        this.parameters = parameters;
        this.gradients = gradients;
        this.product = product;
    }

    /** Views of these parameters' own memory. */
    static PieceWeights of(ParameterSet parameters, List<String> names) {
        return Autograd.unrecorded(() -> viewed(parameters, names));
    }

    private static PieceWeights viewed(ParameterSet parameters, List<String> names) {
        // The views' handles go with this scope; their memory stays the parameters'.
        try (NDManager views = parameters.get(names.get(0)).getManager().newSubManager()) {
            NDList forward = new NDList();
            NDList backward = new NDList();
            NDList gradients = new NDList();
            for (String name : names) {
                NDArray value = asUsed(name, parameters.get(name), views);
                backward.add(value);
                forward.add(isMatrix(name) ? attached(value.transpose(), views) : value);
                if (parameters.isTrainable()) {
                    NDArray gradient = parameters.gradientArray(name);
                    boolean row = name.endsWith(".bias");
                    gradients.add(row ? attached(gradient.reshape(1, -1), views) : asUsed(name, gradient, views));
                }
            }
            long[] product =
                    names.stream().mapToLong(name -> isOfProduct(name) ? 1 : 0).toArray();
            return new PieceWeights(
                    ScriptValue.of(forward), ScriptValue.of(backward), ScriptValue.of(gradients), product);
        }
    }

    /** Computes with copies in bf16 of what products take, from now on, and returns itself. */
    PieceWeights rounded(ScriptModule script, NDManager scope) {
        List<ScriptValue> copies = script.callUnrecorded("rounded")
                .with(parameters)
                .withIntegers(product)
                .parts(scope)
                .values();
        forward.close();
        backward = copies.get(0);
        forward = copies.get(1);
        return this;
    }

    /** Rounds the parameters' present values, where there are copies. */
    void roundAgain(ScriptModule script) {
        if (isRounded()) {
            script.callUnrecorded("round_again")
                    .with(parameters)
                    .withIntegers(product)
                    .with(backward)
                    .run();
        }
    }

    private boolean isRounded() {
        return backward != parameters;
    }

    ScriptValue forward() {
        return forward;
    }

    ScriptValue backward() {
        return backward;
    }

    ScriptValue gradients() {
        return gradients;
    }

    private static boolean isMatrix(String name) {
        return name.endsWith(".weight") && !name.endsWith("norm.weight");
    }

    private static boolean isOfProduct(String name) {
        return isMatrix(name) || (name.endsWith(".bias") && !name.endsWith("norm.bias"));
    }

    /** A view of the same memory: convolutions as matrices, a block's table as its two halves. */
    private static NDArray asUsed(String name, NDArray array, NDManager views) {
        Shape shape = array.getShape();
        if (isMatrix(name)) {
            shape = new Shape(shape.get(0), -1);
        } else if (name.startsWith("blocks.") && name.endsWith(".scale_shift_table")) {
            shape = new Shape(2, 1, 1, -1);
        }
        return attached(array.reshape(shape), views);
    }

    private static NDArray attached(NDArray array, NDManager views) {
        array.attach(views);
        return array;
    }

    @Override
    public void close() {
        forward.close();
        backward.close();
        parameters.close();
        gradients.close();
    }
}
