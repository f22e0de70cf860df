package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.Elements;

/**
 * LayerNorm without an affine map, then per-token modulation: {@code out = (x - mean) / sqrt(variance + epsilon) * scale + shift}. A row of
 * modulation begins with shift and scale; scale is what is multiplied with, so the 1 of {@code 1 + scale} is in it.
 */
public interface ModulatedNorm {
    /** Widest row: one row is kept in a block's shared memory. */
    int WIDEST = 12_288;

    void forward(Forward call);

    void backward(Backward call);

    /** Of every row, in the format of vectors: what the way back needs. */
    record Moments(Elements mean_R, Elements rstd_R) {}

    /** Moments are written. */
    record Forward(Input input, double epsilon, Elements out_RD, Moments moments) {
        public Forward {
            require(input, out_RD, moments);
        }

        public ActivationFormats formats() {
            return ActivationFormats.of(input.x_RD(), out_RD);
        }
    }

    /** What both passes read; x is the residual stream. */
    record Input(TokenGrid grid, Elements x_RD, Modulation modulation) {}

    /**
     * The way back.
     *
     * @param dout_RD gradient of the output
     * @param dx_RD is added to: it holds what came past the norm on the residual stream
     * @param dmodulation is added to, of the modulation's stride
     */
    record Backward(Input input, Moments moments, Elements dout_RD, Elements dx_RD, Elements dmodulation) {
        public Backward {
            ActivationFormats formats = require(input, dout_RD, moments);
            Requirement.of("gradient of x", dx_RD, input.grid().elements(), formats.stream());
            input.modulation().requireTable("gradient of modulation", dmodulation, input.grid(), 2, formats.vector());
        }

        public ActivationFormats formats() {
            return ActivationFormats.of(input.x_RD(), dout_RD);
        }
    }

    private static ActivationFormats require(Input input, Elements product_RD, Moments moments) {
        TokenGrid grid = input.grid();
        if (grid.width() > WIDEST) {
            throw new IllegalArgumentException("width: expected at most %d, found %d".formatted(WIDEST, grid.width()));
        }
        ActivationFormats formats = ActivationFormats.of(input.x_RD(), product_RD);
        Requirement.of("x", input.x_RD(), grid.elements(), formats.stream());
        Requirement.of("out or its gradient", product_RD, grid.elements(), formats.product());
        Requirement.of("mean", moments.mean_R(), grid.rows(), formats.vector());
        Requirement.of("rstd", moments.rstd_R(), grid.rows(), formats.vector());
        input.modulation().require(grid, 2, formats.vector());
        return formats;
    }
}
