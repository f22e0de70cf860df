package dev.mugv.model.train;

import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.format.ExpandWidthOrder.CancellingNoise;
import dev.mugv.model.format.ExpandWidthOrder.PlainNoise;
import dev.mugv.model.format.ExpandWidthOrder.SymmetryNoise;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import java.nio.FloatBuffer;

/**
 * Width growth that preserves the function (mugv.md, section 5.4): every hidden vector of the wide model is e stacked copies
 * of the narrow one's.
 *
 * <p>Row i of a weight makes hidden element i, column j reads hidden element j. Where rows grow they are tiled, within each
 * logical part of a fused tensor (q, k, v; k, v; the six modulations), since parts are cut out of the output by position.
 * Where the columns of a linear weight grow they are tiled and divided by e, since the sum runs over e equal inputs. Vectors
 * on the hidden axis and the columns of tables are tiled; norms of a head (72) and the null caption do not grow.
 */
final class WidthExpander {
    private static final String PURPOSE = "width-expansion";

    private final int factor;

    WidthExpander(int factor) {
        this.factor = factor;
    }

    /** Fills the wide parameters from the narrow ones. */
    void expand(ParameterSet narrow, ParameterSet wide) {
        for (ParameterShape shape : narrow.shapes()) {
            String name = shape.name();
            Grid from = Grid.of(name, shape.shape());
            Grid to = Grid.of(name, wide.get(name).getShape());
            boolean reads = isLinear(name, shape.shape()) && to.columns() > from.columns();
            tile(narrow.values(name), from, wide.values(name), to, reads ? 1f / factor : 1f);
        }
    }

    /** Adds the noise that lets training tell the copies apart. */
    void addNoise(ParameterSet narrow, ParameterSet wide, SymmetryNoise noise, long seed) {
        for (ParameterShape shape : narrow.shapes()) {
            String name = shape.name();
            FloatBuffer values = wide.values(name);
            if (!isLinear(name, shape.shape()) || values.limit() == shape.size()) {
                continue;
            }
            CounterNoise stream = CounterNoise.of(seed, PURPOSE, CounterNoise.counter(name));
            if (noise instanceof PlainNoise plain) {
                addPlain(values, stream, deviation(values, plain.signalToNoiseDb()));
            } else if (noise instanceof CancellingNoise cancelling) {
                Grid from = Grid.of(name, shape.shape());
                Grid to = Grid.of(name, wide.get(name).getShape());
                if (to.columns() > from.columns()) {
                    double deviation = deviation(values, cancelling.signalToNoiseDb());
                    addCancelling(values, to, from.columns(), stream, deviation);
                }
            }
        }
    }

    /** A tensor as parts x rows x columns. */
    private record Grid(int parts, int rows, int columns) {
        static Grid of(String name, Shape shape) {
            int parts = logicalParts(name);
            int height = shape.dimension() == 0 ? 1 : Math.toIntExact(shape.get(0));
            return new Grid(parts, height / parts, Math.toIntExact(shape.size() / height));
        }
    }

    private static int logicalParts(String name) {
        if (name.contains(".attn.qkv.")) {
            return 3;
        }
        if (name.contains(".cross_attn.kv_linear.")) {
            return 2;
        }
        return name.startsWith("t_block.1.") ? 6 : 1;
    }

    private static boolean isLinear(String name, Shape shape) {
        return name.endsWith(".weight") && shape.dimension() >= 2;
    }

    private static void tile(FloatBuffer narrow, Grid from, FloatBuffer wide, Grid to, float scale) {
        int at = 0;
        for (int part = 0; part < to.parts(); part++) {
            for (int row = 0; row < to.rows(); row++) {
                int start = (part * from.rows() + row % from.rows()) * from.columns();
                for (int column = 0; column < to.columns(); column++) {
                    wide.put(at++, narrow.get(start + column % from.columns()) * scale);
                }
            }
        }
    }

    private static void addPlain(FloatBuffer values, CounterNoise stream, double deviation) {
        FloatBuffer noise = FloatBuffer.allocate(values.limit());
        stream.fillGaussian(noise);
        for (int i = 0; i < values.limit(); i++) {
            values.put(i, (float) (values.get(i) + deviation * noise.get(i)));
        }
    }

    /** The noise of the e columns that read copies of one input sums to zero; for e = 2 it is a pair of opposite signs. */
    private void addCancelling(
            FloatBuffer values, Grid grid, int narrowColumns, CounterNoise stream, double deviation) {
        FloatBuffer noise = FloatBuffer.allocate(values.limit());
        stream.fillGaussian(noise);
        // Taking the mean away costs power; what is left gets it back.
        double scale = deviation * Math.sqrt(factor / (factor - 1.0));
        for (int row = 0; row < grid.parts() * grid.rows(); row++) {
            for (int column = 0; column < narrowColumns; column++) {
                int start = row * grid.columns() + column;
                double mean = 0;
                for (int copy = 0; copy < factor; copy++) {
                    mean += noise.get(start + copy * narrowColumns) / (double) factor;
                }
                for (int copy = 0; copy < factor; copy++) {
                    int at = start + copy * narrowColumns;
                    values.put(at, (float) (values.get(at) + scale * (noise.get(at) - mean)));
                }
            }
        }
    }

    private static double deviation(FloatBuffer values, double signalToNoiseDb) {
        double power = 0;
        for (int i = 0; i < values.limit(); i++) {
            power += (double) values.get(i) * values.get(i) / values.limit();
        }
        return Math.sqrt(power / Math.pow(10, signalToNoiseDb / 10));
    }
}
