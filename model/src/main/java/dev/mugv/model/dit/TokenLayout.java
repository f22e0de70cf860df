package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ScriptValue;
import java.util.List;

/**
 * What depends on where tokens lie and not on their values, as the scripts take it: which tokens are clean, their rotary phases,
 * and which rows of the packed text belong to which sample.
 *
 * @param all of all tokens, in the scripts' order: 1 where a token is of a variant and 0 elsewhere; ones for sums over tokens and over text
 *     tokens; rotary phases and their conjugates; rows of the packed text (none when all captions are equally long); 0, or
 *     minus infinity behind a caption's end (empty likewise); the norms' epsilon
 * @param own the same for a rank's own tokens, of which no phases are asked; of a rank that has all tokens, the very same
 */
record TokenLayout(ScriptValue all, ScriptValue own) implements AutoCloseable {
    private static final int VARIANTS = 2;
    private static final float NORM_EPSILON = 1e-6f;

    /**
     * The layout of a batch; its arrays are freed with the scope or the layout, whichever is closed last.
     *
     * @param share whose tokens are the rank's own
     */
    static TokenLayout of(DitInput input, RopeTables.Table rope, ModelShare share, DataType type, NDManager scope) {
        int patches = input.patches();
        ScriptValue all = places(input, choice(input, 0, patches, scope), rope, type, scope);
        if (!share.isCut()) {
            return new TokenLayout(all, all);
        }
        int own = patches / share.tensorRanks();
        NDArray choice_BTV = choice(input, share.tensorRank() * own, own, scope);
        return new TokenLayout(all, places(input, choice_BTV, rope, type, scope));
    }

    private static ScriptValue places(
            DitInput input, NDArray choice_BTV, RopeTables.Table rope, DataType type, NDManager scope) {
        return ScriptValue.of(List.of(
                Precisions.of(type, choice_BTV, scope),
                scope.ones(new Shape(1, choice_BTV.size() / VARIANTS), type),
                scope.ones(new Shape(1, input.text_SD().getShape().get(0)), type),
                Precisions.of(type, rope.rope_B1TP2(), scope),
                Precisions.of(type, rope.back_B1TP2(), scope),
                textIndex(input, scope),
                Precisions.of(type, textMask(input, scope), scope),
                Precisions.of(type, EngineMemory.array(scope, new Shape(), NORM_EPSILON), scope)));
    }

    /** Start and end token are clean, and so are the frames that are given; between them stand count patches from the first on. */
    private static NDArray choice(DitInput input, int first, int count, NDManager scope) {
        int area = patches(input.height()) * patches(input.width());
        int tokens = count + 2;
        float[] choice = new float[VARIANTS * input.batch() * tokens];
        int row = 0;
        for (DitCondition condition : input.conditions()) {
            for (int t = 0; t < tokens; t++) {
                boolean clean =
                        t == 0 || t == tokens - 1 || condition.cleanFrames().contains((first + t - 1) / area);
                choice[VARIANTS * row + (clean ? 1 : 0)] = 1;
                row++;
            }
        }
        return EngineMemory.array(scope, new Shape(input.batch(), tokens, VARIANTS), choice);
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

    /** Patches along a side; an odd side is padded. */
    static int patches(int side) {
        return (side + 1) / 2;
    }

    @Override
    public void close() {
        all.close();
        own.close();
    }
}
