package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.EngineMemory;
import java.nio.FloatBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rotary phases of tokens (mugv.md, section 3.4), kept for the grids that come again and again: a sampler's steps, a stage's few
 * shapes.
 */
final class RopeTables implements AutoCloseable {
    private static final int AXES = 3;
    private static final int FREQUENCIES = DitSize.HEAD_WIDTH / (2 * AXES);
    private static final int LAST_TIME = 479;
    private static final int KEPT = 8;

    private final NDManager scope;
    /** Least recently used first. */
    private final Map<Grid, Table> tables = new LinkedHashMap<>(2 * KEPT, 0.75f, true);

    /**
     * Phases of the 36 pairs of a head, as (cosine, sine), and their conjugates, which turn back.
     *
     * @param rope_B1TP2 one row for all samples where their times agree
     */
    record Table(NDArray rope_B1TP2, NDArray back_B1TP2) {}

    /**
     * @param height of patches
     * @param width of patches
     * @param indices positions in time of start token, frames and end token, of every sample, or once for all
     */
    private record Grid(int height, int width, List<List<Integer>> indices) {}

    RopeTables(NDManager scope) {
        this.scope = scope.newSubManager();
    }

    /** The table of a batch; stays this object's, and valid until the next call. */
    Table of(DitInput input) {
        List<List<Integer>> rows = input.conditions().stream()
                .map(DitCondition::frameIndices)
                .distinct()
                .toList();
        if (rows.size() > 1) {
            rows = input.conditions().stream().map(DitCondition::frameIndices).toList();
        }
        Grid grid = new Grid(TokenLayout.patches(input.height()), TokenLayout.patches(input.width()), rows);
        Table table = tables.get(grid);
        if (table == null) {
            table = make(grid);
            tables.put(grid, table);
            if (tables.size() > KEPT) {
                Iterator<Table> oldest = tables.values().iterator();
                Table dropped = oldest.next();
                oldest.remove();
                dropped.rope_B1TP2.close();
                dropped.back_B1TP2.close();
            }
        }
        return table;
    }

    private Table make(Grid grid) {
        int tokens = (grid.indices.get(0).size() - 2) * grid.height * grid.width + 2;
        Shape shape = new Shape(grid.indices.size(), 1, tokens, (long) AXES * FREQUENCIES, 2);
        float[][] heights = phases(grid.height);
        float[][] widths = phases(grid.width);
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(shape.size()));
        for (List<Integer> indices : grid.indices) {
            int frames = indices.size() - 2;
            put(values, heights[0], widths[0], time(indices.get(0)));
            for (int f = 0; f < frames; f++) {
                float[] time = time(indices.get(f + 1));
                for (int h = 0; h < grid.height; h++) {
                    for (int w = 0; w < grid.width; w++) {
                        put(values, heights[h], widths[w], time);
                    }
                }
            }
            put(values, heights[grid.height - 1], widths[grid.width - 1], time(indices.get(frames + 1)));
        }
        NDArray back = EngineMemory.filled(scope, shape, turned -> {
            for (int i = 0; i < turned.limit(); i += 2) {
                turned.put(i, values.get(i)).put(i + 1, -values.get(i + 1));
            }
        });
        return new Table(EngineMemory.array(scope, shape, values.rewind()), back);
    }

    private static void put(FloatBuffer values, float[] height, float[] width, float[] time) {
        values.put(height).put(width).put(time);
    }

    private static float[] time(int index) {
        return phase(Math.min(Math.max(index, 0), LAST_TIME));
    }

    private static float[][] phases(int count) {
        float[][] table = new float[count][];
        for (int i = 0; i < count; i++) {
            table[i] = phase(i);
        }
        return table;
    }

    // Frequency and angle are rounded to fp32 as the published tables are: at position 479 the difference shows.
    private static float[] phase(int position) {
        float[] values = new float[2 * FREQUENCIES];
        for (int k = 0; k < FREQUENCIES; k++) {
            float exponent = (float) (2 * AXES * k) / DitSize.HEAD_WIDTH;
            float angle = position * (1f / (float) Math.pow(10_000, exponent));
            values[2 * k] = (float) Math.cos(angle);
            values[2 * k + 1] = (float) Math.sin(angle);
        }
        return values;
    }

    @Override
    public void close() {
        scope.close();
    }
}
