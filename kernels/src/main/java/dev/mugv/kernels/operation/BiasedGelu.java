package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;

/** GELU by its tanh approximation, of a product's output and its bias: {@code out = gelu(x + bias)}. */
public interface BiasedGelu {
    void forward(Forward call);

    void backward(Backward call);

    /** What both passes read. */
    record Input(long rows, int width, Elements x_RI, Elements bias_I) {}

    /** Out may be x itself. */
    record Forward(Input input, Elements out_RI) {
        public Forward {
            require(input, "out", out_RI);
        }

        public ElementFormat format() {
            return out_RI.format();
        }
    }

    /**
     * The way back.
     *
     * @param dx_RI is written; may be x itself
     * @param dbias_I is added to
     */
    record Backward(Input input, Elements dout_RI, Elements dx_RI, Elements dbias_I) {
        public Backward {
            ActivationFormats formats = require(input, "gradient of out", dout_RI);
            Requirement.of("gradient of x", dx_RI, input.rows() * input.width(), formats.product());
            Requirement.of("gradient of bias", dbias_I, input.width(), formats.vector());
        }

        public ElementFormat format() {
            return dout_RI.format();
        }
    }

    private static ActivationFormats require(Input input, String name, Elements out_RI) {
        Requirement.positive("rows", input.rows());
        Requirement.positive("width", input.width());
        ActivationFormats formats = ActivationFormats.of(input.x_RI(), out_RI);
        Requirement.of("x", input.x_RI(), input.rows() * input.width(), out_RI.format());
        Requirement.of(name, out_RI, input.rows() * input.width(), formats.product());
        Requirement.of("bias", input.bias_I(), input.width(), formats.vector());
        return formats;
    }
}
