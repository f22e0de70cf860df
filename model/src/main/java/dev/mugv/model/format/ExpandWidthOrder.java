package dev.mugv.model.format;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * Parameters of {@code EXPAND_WIDTH}; the order's one input is the model to widen (mugv.md, section 5.4).
 *
 * @param factor how many times wider, at least 2
 * @param noise what breaks the symmetry of the copies
 * @param seed root of the noise
 */
public record ExpandWidthOrder(int factor, SymmetryNoise noise, long seed) {
    public ExpandWidthOrder {
        if (factor < 2) {
            throw new IllegalArgumentException("expected a factor of at least 2, found " + factor);
        }
    }

    /** What breaks the symmetry of the copies, so that training can make them differ. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = NoNoise.class, name = "none"),
        @JsonSubTypes.Type(value = CancellingNoise.class, name = "cancelling"),
        @JsonSubTypes.Type(value = PlainNoise.class, name = "plain")
    })
    public sealed interface SymmetryNoise permits NoNoise, CancellingNoise, PlainNoise {}

    /** Exact copies. */
    public record NoNoise() implements SymmetryNoise {}

    /**
     * Noise whose sum over the copies of one input is zero: the function does not change while the inputs are copies.
     *
     * @param signalToNoiseDb ratio of the weights' to the noise's power, per tensor
     */
    public record CancellingNoise(double signalToNoiseDb) implements SymmetryNoise {}

    /**
     * Independent noise on every element: the function changes a little.
     *
     * @param signalToNoiseDb ratio of the weights' to the noise's power, per tensor
     */
    public record PlainNoise(double signalToNoiseDb) implements SymmetryNoise {}
}
