package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.Map;
import java.util.TreeMap;

/**
 * Checks shapes by the axes in tensors' names: equal letters must have equal sizes throughout one set.
 *
 * <pre>{@code
 * AxisSizes sizes = new AxisSizes("run the transformer").fix('C', 24).bind("latent_BCFHW", latent).bind("fps_B", fps);
 * long batch = sizes.of('B');
 * }</pre>
 */
public final class AxisSizes {
    private final String purpose;
    private final Map<Character, Long> sizes = new TreeMap<>();

    /** @param purpose what cannot be done when a shape is wrong, as in "run the transformer" */
    public AxisSizes(String purpose) {
        this.purpose = purpose;
    }

    /** Fixes an axis that the configuration decides. */
    public AxisSizes fix(char axis, long size) {
        Long known = sizes.putIfAbsent(axis, size);
        if (known != null && known != size) {
            throw failure("axis %s is %d and %d at once".formatted(axis, known, size));
        }
        return this;
    }

    /**
     * Takes a tensor's shape in; its name ends in an underscore and its axes.
     *
     * @throws WorkFailure of kind DEFECT naming tensor, expected and found shape
     */
    public AxisSizes bind(String name, NDArray array) {
        return bind(name, array.getShape());
    }

    /** The same for a shape alone. */
    public AxisSizes bind(String name, Shape shape) {
        String axes = name.substring(name.lastIndexOf('_') + 1);
        boolean fits = axes.length() == shape.dimension();
        for (int i = 0; fits && i < axes.length(); i++) {
            Long known = sizes.get(axes.charAt(i));
            fits = known == null || known == shape.get(i);
        }
        if (!fits) {
            throw failure("%s has shape %s, expected %s".formatted(name, shape, expected(axes)));
        }
        for (int i = 0; i < axes.length(); i++) {
            sizes.put(axes.charAt(i), shape.get(i));
        }
        return this;
    }

    /** Size of an axis bound before. */
    public long of(char axis) {
        Long size = sizes.get(axis);
        if (size == null) {
            throw failure("axis " + axis + " was never bound");
        }
        return size;
    }

    /** The same as an index. */
    public int intOf(char axis) {
        return Math.toIntExact(of(axis));
    }

    /** Requires one exact shape. */
    public static void requireShape(NDArray array, Shape expected, String what) {
        if (!array.getShape().equals(expected)) {
            throw new WorkFailure(
                    FailureKind.DEFECT,
                    "Cannot use the %s: expected shape %s, found %s. Report this as a defect."
                            .formatted(what, expected, array.getShape()));
        }
    }

    private String expected(String axes) {
        StringBuilder text = new StringBuilder("(");
        for (int i = 0; i < axes.length(); i++) {
            Long known = sizes.get(axes.charAt(i));
            text.append(i == 0 ? "" : ", ").append(axes.charAt(i)).append(known == null ? "" : "=" + known);
        }
        return text.append(')').toString();
    }

    private WorkFailure failure(String fact) {
        return new WorkFailure(FailureKind.DEFECT, "Cannot %s: %s. Report this as a defect.".formatted(purpose, fact));
    }
}
