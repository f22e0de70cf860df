package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.EngineMemory;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What depends on where tokens lie and not on their values: which are clean, their rotary phases (mugv.md, section 3.4),
 * and which rows of the packed text belong to which sample.
 *
 * @param batch samples
 * @param variant_R of every token the row of its variant: two rows a sample, for noisy and for clean tokens
 * @param choice_BVT the same as 1 where a token is of a variant and 0 elsewhere
 * @param one_1R ones, for sums over tokens as products
 * @param one_1S ones, for sums over text tokens
 * @param rope_B1TP2 phases of the 36 pairs of a head, as (cosine, sine); one row for all samples where they agree
 * @param textIndex_BS rows of the packed text; no rows at all when all captions are equally long
 * @param textMask_B11S 0, or minus infinity behind a caption's end; empty like textIndex_BS
 */
record TokenLayout(
        int batch,
        NDArray variant_R,
        NDArray choice_BVT,
        NDArray one_1R,
        NDArray one_1S,
        NDArray rope_B1TP2,
        NDArray textIndex_BS,
        NDArray textMask_B11S) {
    private static final int AXES = 3;
    private static final int FREQUENCIES = DitSize.HEAD_WIDTH / (2 * AXES);
    private static final int LAST_TIME = 479;
    private static final int VARIANTS = 2;

    static TokenLayout of(DitInput input, NDManager scope) {
        boolean[] clean = clean(input);
        return new TokenLayout(
                input.batch(),
                variant(input, clean, scope),
                choice(input, clean, scope),
                scope.ones(new Shape(1, clean.length)),
                scope.ones(new Shape(1, input.text_SD().getShape().get(0))),
                rope(input, scope),
                textIndex(input, scope),
                textMask(input, scope));
    }

    /** Of every token; start and end token are clean. */
    private static boolean[] clean(DitInput input) {
        int area = patches(input.height()) * patches(input.width());
        int tokens = input.frames() * area + 2;
        boolean[] clean = new boolean[input.batch() * tokens];
        for (int b = 0; b < input.batch(); b++) {
            int start = b * tokens;
            clean[start] = true;
            clean[start + tokens - 1] = true;
            for (int frame : input.conditions().get(b).cleanFrames()) {
                Arrays.fill(clean, start + 1 + frame * area, start + 1 + (frame + 1) * area, true);
            }
        }
        return clean;
    }

    private static NDArray variant(DitInput input, boolean[] clean, NDManager scope) {
        int tokens = clean.length / input.batch();
        long[] variant = new long[clean.length];
        for (int r = 0; r < clean.length; r++) {
            variant[r] = (long) VARIANTS * (r / tokens) + (clean[r] ? 1 : 0);
        }
        return EngineMemory.array(scope, new Shape(clean.length), variant);
    }

    private static NDArray choice(DitInput input, boolean[] clean, NDManager scope) {
        int tokens = clean.length / input.batch();
        float[] choice = new float[VARIANTS * clean.length];
        for (int r = 0; r < clean.length; r++) {
            int row = VARIANTS * (r / tokens) + (clean[r] ? 1 : 0);
            choice[row * tokens + r % tokens] = 1;
        }
        return EngineMemory.array(scope, new Shape(input.batch(), VARIANTS, tokens), choice);
    }

    private static NDArray rope(DitInput input, NDManager scope) {
        int height = patches(input.height());
        int width = patches(input.width());
        int tokens = input.frames() * height * width + 2;
        // Samples mostly share their frame indices; then one row serves them all.
        List<List<Integer>> rows = input.conditions().stream()
                .map(DitCondition::frameIndices)
                .distinct()
                .toList();
        if (rows.size() > 1) {
            rows = input.conditions().stream().map(DitCondition::frameIndices).toList();
        }
        float[][] heights = phases(height);
        float[][] widths = phases(width);
        NDArray rope = scope.create(new Shape(rows.size(), 1, tokens, (long) AXES * FREQUENCIES, 2), DataType.FLOAT32);
        FloatBuffer values = EngineMemory.floats(rope);
        for (List<Integer> indices : rows) {
            put(values, heights[0], widths[0], time(indices.get(0)));
            for (int f = 0; f < input.frames(); f++) {
                float[] time = time(indices.get(f + 1));
                for (int h = 0; h < height; h++) {
                    for (int w = 0; w < width; w++) {
                        put(values, heights[h], widths[w], time);
                    }
                }
            }
            put(values, heights[height - 1], widths[width - 1], time(indices.get(input.frames() + 1)));
        }
        return rope;
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

    private static NDArray textIndex(DitInput input, NDManager scope) {
        int longest = longestCaption(input);
        long[] index = new long[longest * input.batch()];
        long row = 0;
        for (int b = 0; longest > 0 && b < input.batch(); b++) {
            int tokens = input.conditions().get(b).textTokens();
            for (int s = 0; s < longest; s++) {
                // Behind the end any row will do: it is masked.
                index[b * longest + s] = row + Math.min(s, tokens - 1);
            }
            row += tokens;
        }
        return longest == 0
                ? scope.create(new Shape(0), DataType.INT64)
                : EngineMemory.array(scope, new Shape(input.batch(), longest), index);
    }

    private static NDArray textMask(DitInput input, NDManager scope) {
        int longest = longestCaption(input);
        float[] mask = new float[longest * input.batch()];
        for (int b = 0; longest > 0 && b < input.batch(); b++) {
            for (int s = input.conditions().get(b).textTokens(); s < longest; s++) {
                mask[b * longest + s] = Float.NEGATIVE_INFINITY;
            }
        }
        return longest == 0
                ? scope.create(new Shape(0), DataType.FLOAT32)
                : EngineMemory.array(scope, new Shape(input.batch(), 1, 1, longest), mask);
    }

    /** Longest caption, or 0 when all are equally long and nothing need be padded. */
    private static int longestCaption(DitInput input) {
        int[] lengths = input.conditions().stream()
                .mapToInt(DitCondition::textTokens)
                .distinct()
                .sorted()
                .toArray();
        return lengths.length == 1 ? 0 : lengths[lengths.length - 1];
    }

    private static int patches(int side) {
        return (side + 1) / 2;
    }
}
