package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.Elements;

/**
 * The end of a block's branch in one pass: bias, per-token modulation, gate and residual.
 *
 * <p>{@code out = residual + gate * ((branch + bias) * scale + shift)}. The published block has a gate alone ({@link Vectors#GATE}: scale is 1 and
 * shift is 0).
 */
public interface GatedResidual {
    void forward(Forward call);

    /** The gradient of the residual is that of the output itself, so nothing is computed for it. */
    void backward(Backward call);

    /** The vectors of a row of modulation. */
    enum Vectors {
        /** The gate. */
        GATE(1),
        /** Shift, scale and gate, in this order. */
        SHIFT_SCALE_GATE(3);

        private final int count;

        Vectors(int count) {
            this.count = count;
        }

        public int count() {
            return count;
        }
    }

    /**
     * What both passes read.
     *
     * @param branch_RD a product's output without its bias
     * @param bias_D of that product
     * @param modulation rows of {@code vectors}
     */
    record Branch(TokenGrid grid, Elements branch_RD, Elements bias_D, Modulation modulation, Vectors vectors) {}

    /** Out may be the residual itself. */
    record Forward(Branch branch, Elements residual_RD, Elements out_RD) {
        public Forward {
            ActivationFormats formats = require(branch, residual_RD);
            Requirement.of("out", out_RD, branch.grid().elements(), formats.stream());
        }

        public ActivationFormats formats() {
            return ActivationFormats.of(residual_RD, branch.branch_RD());
        }
    }

    /**
     * The way back.
     *
     * @param dout_RD gradient of the output
     * @param dbranch_RD is written; may be the branch itself
     * @param dbias_D is added to
     * @param dmodulation is added to, of the modulation's stride
     */
    record Backward(Branch branch, Elements dout_RD, Elements dbranch_RD, Elements dbias_D, Elements dmodulation) {
        public Backward {
            ActivationFormats formats = require(branch, dout_RD);
            Requirement.of("gradient of branch", dbranch_RD, branch.grid().elements(), formats.product());
            Requirement.of("gradient of bias", dbias_D, branch.grid().width(), formats.vector());
            branch.modulation()
                    .requireTable(
                            "gradient of modulation",
                            dmodulation,
                            branch.grid(),
                            branch.vectors().count(),
                            formats.vector());
        }

        public ActivationFormats formats() {
            return ActivationFormats.of(dout_RD, branch.branch_RD());
        }
    }

    private static ActivationFormats require(Branch branch, Elements stream_RD) {
        TokenGrid grid = branch.grid();
        ActivationFormats formats = ActivationFormats.of(stream_RD, branch.branch_RD());
        Requirement.of("residual or gradient of out", stream_RD, grid.elements(), formats.stream());
        Requirement.of("branch", branch.branch_RD(), grid.elements(), formats.product());
        Requirement.of("bias", branch.bias_D(), grid.width(), formats.vector());
        branch.modulation().require(grid, branch.vectors().count(), formats.vector());
        return formats;
    }
}
