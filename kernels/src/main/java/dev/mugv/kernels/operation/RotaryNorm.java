package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;

/**
 * RMSNorm of queries and keys with a weight over a head's width, and the rotation of their pairs by three axes (mugv.md, section
 * 3.4): adjacent elements are a pair; the first third of a head's pairs is turned by the token's first position, the second by its
 * second, the last by its third.
 */
public interface RotaryNorm {
    void forward(Forward call);

    void backward(Backward call);

    /**
     * How tokens are turned.
     *
     * @param position_R3 of INT32: rows of {@code angles}, one an axis; nobody can check them on a device
     * @param angles cosine and sine of every position and every pair of an axis, in the format of vectors
     */
    record Rotation(Elements position_R3, Elements angles) {}

    /**
     * What both passes read.
     *
     * @param qkv_R3NK a product's output: queries, keys, values of all heads
     * @param weight_JK of queries, then of keys
     */
    record Heads(HeadGrid grid, Elements qkv_R3NK, Elements weight_JK, Rotation rotation) {}

    /**
     * Forward.
     *
     * @param out_JBNTK queries and keys as attention takes them; is written
     * @param rstd_JRN what the way back needs, in the format of vectors; is written
     */
    record Forward(Heads heads, double epsilon, Elements out_JBNTK, Elements rstd_JRN) {
        public Forward {
            require(heads, out_JBNTK, rstd_JRN);
        }

        public ElementFormat format() {
            return out_JBNTK.format();
        }
    }

    /**
     * The way back.
     *
     * @param dout_JBNTK gradient of the output
     * @param dqkv_R3NK its queries and keys are written, its values are left
     * @param dweight_JK is added to
     */
    record Backward(Heads heads, Elements rstd_JRN, Elements dout_JBNTK, Elements dqkv_R3NK, Elements dweight_JK) {
        public Backward {
            require(heads, dout_JBNTK, rstd_JRN);
            Requirement.of("gradient of qkv", dqkv_R3NK, 3 * heads.grid().elements(), dout_JBNTK.format());
            Requirement.of(
                    "gradient of weight",
                    dweight_JK,
                    2L * heads.grid().width(),
                    heads.weight_JK().format());
        }

        public ElementFormat format() {
            return dout_JBNTK.format();
        }
    }

    private static void require(Heads heads, Elements out_JBNTK, Elements rstd_JRN) {
        HeadGrid grid = heads.grid();
        ActivationFormats formats = ActivationFormats.of(out_JBNTK, heads.qkv_R3NK());
        Requirement.of("qkv", heads.qkv_R3NK(), 3 * grid.elements(), out_JBNTK.format());
        Requirement.of("out or its gradient", out_JBNTK, 2 * grid.elements(), formats.stream());
        Requirement.of("weight", heads.weight_JK(), 2L * grid.width(), formats.vector());
        Requirement.of("rstd", rstd_JRN, 2 * grid.rows() * grid.heads(), formats.vector());
        Requirement.of("position", heads.rotation().position_R3(), 3 * grid.rows(), ElementFormat.INT32);
        Elements angles = heads.rotation().angles();
        Requirement.format("angles", angles, formats.vector());
        if (angles.count() % (2L * grid.pairsOfAxis()) != 0) {
            throw new IllegalArgumentException("angles: expected whole positions of %d pairs, found %d elements"
                    .formatted(grid.pairsOfAxis(), angles.count()));
        }
    }
}
