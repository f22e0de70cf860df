package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.AdapterConfiguration;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.ScriptValue;
import java.util.List;
import java.util.Set;

/**
 * Parameters of one piece of the transformer as its forward and its backward pass take them, their gradients, and its adapters if it
 * has any: views of the {@link DitWeights}' memory, or in part rounded copies of it. Where a parameter is frozen, the scripts get
 * a gradient without elements and work none out.
 */
final class PieceWeights implements AutoCloseable {
    /** Biases behind sums over ranks: one rank adds them for all. */
    private static final Set<String> SUMMED = Set.of("attn.proj.bias", "cross_attn.proj.bias", "mlp.fc2.bias");

    private final ScriptValue parameters;
    private final ScriptValue gradients;
    private final ScriptValue adapters;
    private final ScriptValue adapterGradients;
    /** 1 for each parameter of a matrix product, else 0. */
    private final long[] product;

    private final boolean trained;

    private ScriptValue forward;
    private ScriptValue backward;

    // Five lists of one piece in the forms that scripts take; a record of them would only be unpacked again.
    private PieceWeights(ScriptValue forward, ScriptValue parameters, Gradients gradients, long[] product) {
        this.forward = forward;
        this.backward = parameters;
        this.parameters = parameters;
        this.gradients = gradients.own;
        this.adapters = gradients.adapters;
        this.adapterGradients = gradients.ofAdapters;
        this.trained = gradients.trained;
        this.product = product;
    }

    private record Gradients(ScriptValue own, ScriptValue adapters, ScriptValue ofAdapters, boolean trained) {}

    /** Views of these parameters' own memory, with the adapters of their layers. */
    static PieceWeights of(DitWeights weights, List<String> names) {
        return of(weights, names, 0);
    }

    /** The same for a rank of a tensor group, of which the first adds the biases that are added once. */
    static PieceWeights of(DitWeights weights, List<String> names, int tensorRank) {
        return Autograd.unrecorded(() -> viewed(weights, names, tensorRank > 0));
    }

    private static PieceWeights viewed(DitWeights weights, List<String> names, boolean leavesBiases) {
        // The views' handles go with this scope; their memory stays the parameters'.
        try (NDManager views = weights.scope().newSubManager()) {
            NDArray none = views.create(new Shape(0), weights.type());
            NDList forward = new NDList();
            NDList backward = new NDList();
            NDList gradients = new NDList();
            boolean trained = false;
            for (String name : names) {
                boolean left = leavesBiases && isSummed(name);
                NDArray own = weights.get(name);
                if (weights.isHeldCompact(name)) {
                    // DJL knows no bf16: only the script that rounds may touch it, which turns it for the forward pass,
                    // too.
                    backward.add(own);
                    forward.add(own);
                    gradients.add(none);
                    continue;
                }
                NDArray value = left
                        ? attached(own.getManager().zeros(own.getShape(), own.getDataType()), views)
                        : asUsed(name, own, views);
                backward.add(value);
                forward.add(isMatrix(name) ? attached(value.transpose(), views) : value);
                NDArray gradient = left ? none : weights.gradient(name).orElse(none);
                boolean row = name.endsWith(".bias");
                gradients.add(
                        gradient == none
                                ? none
                                : row ? attached(gradient.reshape(1, -1), views) : asUsed(name, gradient, views));
                trained |= gradient != none;
            }
            NDList adapters = new NDList();
            NDList ofAdapters = new NDList();
            if (weights.adapters().isPresent() && names.stream().anyMatch(name -> name.endsWith("attn.qkv.weight"))) {
                String prefix = names.get(0).substring(0, names.get(0).lastIndexOf('.') + 1);
                float factor = (float) weights.adapters().get().factor();
                adapters.add(Precisions.of(weights.type(), EngineMemory.array(views, new Shape(), factor), views));
                ofAdapters.add(none);
                for (String layer : AdapterConfiguration.LINEAR_LAYERS) {
                    for (String end : List.of(Adapters.DOWN, Adapters.UP)) {
                        String name = prefix + layer + end;
                        adapters.add(weights.contains(name) ? weights.get(name) : none);
                        NDArray gradient =
                                weights.contains(name) ? weights.gradient(name).orElse(none) : none;
                        ofAdapters.add(gradient);
                        trained |= gradient != none;
                    }
                }
            }
            long[] product =
                    names.stream().mapToLong(name -> isOfProduct(name) ? 1 : 0).toArray();
            return new PieceWeights(
                    ScriptValue.of(forward),
                    ScriptValue.of(backward),
                    new Gradients(
                            ScriptValue.of(gradients), ScriptValue.of(adapters), ScriptValue.of(ofAdapters), trained),
                    product);
        }
    }

    private static boolean isSummed(String name) {
        String[] parts = name.split("\\.", 3);
        return parts.length == 3 && SUMMED.contains(parts[2]);
    }

    /**
     * Computes with bf16 values of what products take, from now on, and returns itself: with copies, or with what is held compact
     * in bf16 as it is.
     */
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

    /** The adapters of a block's layers, or an empty list. */
    ScriptValue adapters() {
        return adapters;
    }

    ScriptValue adapterGradients() {
        return adapterGradients;
    }

    /** Whether anything here has a gradient. */
    boolean isTrained() {
        return trained;
    }

    private static boolean isMatrix(String name) {
        return name.endsWith(".weight") && !name.endsWith("norm.weight");
    }

    static boolean isOfProduct(String name) {
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
        adapters.close();
        adapterGradients.close();
    }
}
