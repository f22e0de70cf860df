package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;

/**
 * The formats of one call: of the residual stream, of what goes into and comes out of matrix products, and of vectors.
 *
 * @param stream fp32 or bf16
 * @param product bf16, or fp32 where the stream is
 */
public record ActivationFormats(ElementFormat stream, ElementFormat product) {
    public ActivationFormats {
        boolean known = switch (stream) {
            case FP32 -> product == ElementFormat.FP32 || product == ElementFormat.BF16;
            case BF16 -> product == ElementFormat.BF16;
            case FP64 -> product == ElementFormat.FP64;
            case UINT8, INT32, INT64 -> false;
        };
        if (!known) {
            throw new IllegalArgumentException(
                    "expected activations of fp32 and fp32, fp32 and bf16, or bf16 and bf16, found %s and %s"
                            .formatted(stream.label(), product.label()));
        }
    }

    static ActivationFormats of(Elements stream, Elements product) {
        return new ActivationFormats(stream.format(), product.format());
    }

    /** The format of vectors and their gradients: fp32, or fp64 where all is. */
    public ElementFormat vector() {
        return stream == ElementFormat.FP64 ? ElementFormat.FP64 : ElementFormat.FP32;
    }

    /** As in the kernels' names, for example {@code fp32_bf16}. */
    public String label() {
        return stream.label() + "_" + product.label();
    }
}
