package dev.mugv.model.curation;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Full search for the best counterpart of one block of luma in another frame. The costs found are the exact minima over all
 * displacements; a displacement is given up as soon as it can be neither.
 */
final class BlockSearch {
    private static final int SIZE = ShotFrame.BLOCK;
    private static final int AREA = SIZE * SIZE;

    /** Most pixels of motion searched each way. */
    static final int REACH = 5;

    /** Pixels of the squares, and squares of a block's side, by whose sums candidates are ruled out before their pixels are looked at. */
    private static final int CELL = 2;

    private static final int CELLS = SIZE / CELL;

    /** Things that move little are found first, which gives all that come later something to be ruled out by. */
    private static final Displacement[] NEAR_FIRST = IntStream.rangeClosed(-REACH, REACH)
            .boxed()
            .flatMap(dy -> IntStream.rangeClosed(-REACH, REACH).mapToObj(dx -> new Displacement(dx, dy)))
            .sorted(Comparator.comparingInt(move -> move.dx * move.dx + move.dy * move.dy))
            .toArray(Displacement[]::new);

    private final ShotFrame frame;

    /** The other frame's luma with its border pixels repeated outwards as far as is searched. */
    private final int[] around;

    private final int stride;

    /** Sums of all of {@link #around} above and to the left of a place, with a row and a column more. */
    private final int[] sums;

    /** Sums of the cell whose top left pixel is at a place of {@link #around}. */
    private final int[] cells;

    /** Where candidates begin in {@link #around}, from where the block's own place begins with the border. */
    private final int[] displacements;

    private final int[] block = new int[AREA];
    private final int[] blockCells = new int[CELLS * CELLS];
    private double detail;
    private double level;
    private double structure;
    private int bestLevel;
    private int bestStructure;

    /** @param reach pixels of motion searched each way, 0 to {@link #REACH}; beyond the picture's edge its border pixels count */
    BlockSearch(ShotFrame frame, ShotFrame from, int reach) {
        this.frame = frame;
        stride = from.width() + 2 * reach;
        around = withBorder(from, reach, stride);
        sums = sums(around, stride);
        cells = cells(around, stride);
        displacements = new int[(2 * reach + 1) * (2 * reach + 1)];
        int count = 0;
        for (Displacement move : NEAR_FIRST) {
            if (Math.abs(move.dx) <= reach && Math.abs(move.dy) <= reach) {
                displacements[count++] = (move.dy + reach) * stride + move.dx + reach;
            }
        }
    }

    private static int[] withBorder(ShotFrame from, int reach, int stride) {
        int width = from.width();
        int height = from.height();
        int[] result = new int[stride * (height + 2 * reach)];
        for (int y = -reach; y < height + reach; y++) {
            int source = Math.min(height - 1, Math.max(0, y)) * width;
            int target = (y + reach) * stride;
            System.arraycopy(from.luma(), source, result, target + reach, width);
            for (int beyond = 0; beyond < reach; beyond++) {
                result[target + beyond] = from.luma()[source];
                result[target + reach + width + beyond] = from.luma()[source + width - 1];
            }
        }
        return result;
    }

    private static int[] sums(int[] values, int stride) {
        int rows = values.length / stride;
        int[] result = new int[(stride + 1) * (rows + 1)];
        for (int y = 0; y < rows; y++) {
            int above = y * (stride + 1);
            int here = above + stride + 1;
            int row = 0;
            for (int x = 0; x < stride; x++) {
                row += values[y * stride + x];
                result[here + x + 1] = result[above + x + 1] + row;
            }
        }
        return result;
    }

    private static int[] cells(int[] values, int stride) {
        int[] result = new int[values.length];
        for (int at = 0; at < values.length - stride - 1; at++) {
            result[at] = values[at] + values[at + 1] + values[at + stride] + values[at + stride + 1];
        }
        return result;
    }

    /** Finds the best counterparts of the block whose top left pixel is given. */
    void match(int left, int top) {
        search(left, top, Integer.MAX_VALUE);
    }

    /** The same for {@link #detail} and {@link #structure} alone, which is quicker; {@link #level} is then 0. */
    void matchStructure(int left, int top) {
        search(left, top, 0);
    }

    private void search(int left, int top, int levelToBeat) {
        int sum = load(left, top);
        bestLevel = levelToBeat;
        bestStructure = Integer.MAX_VALUE;
        for (int at = 0; at < blockCells.length; at++) {
            int first = at / CELLS * CELL * SIZE + at % CELLS * CELL;
            blockCells[at] = block[first] + block[first + 1] + block[first + SIZE] + block[first + SIZE + 1];
        }
        for (int displacement : displacements) {
            int start = top * stride + left + displacement;
            int offset = sum - sumAt(start);
            if (mayBeBetter(start, offset)) {
                compare(start, offset);
            }
        }
        level = bestLevel / (double) AREA;
        structure = bestStructure / (double) (AREA * AREA);
    }

    /** {@link #detail} of the block whose top left pixel is given, without any search. */
    double detailOf(int left, int top) {
        load(left, top);
        return detail;
    }

    /** Takes a block, and gives the sum of its values. */
    private int load(int left, int top) {
        int sum = 0;
        for (int y = 0; y < SIZE; y++) {
            int row = (top + y) * frame.width() + left;
            for (int x = 0; x < SIZE; x++) {
                block[y * SIZE + x] = frame.luma()[row + x];
                sum += frame.luma()[row + x];
            }
        }
        int scaledDetail = 0;
        for (int value : block) {
            scaledDetail += Math.abs(AREA * value - sum);
        }
        detail = scaledDetail / (double) (AREA * AREA);
        return sum;
    }

    private int sumAt(int start) {
        int corner = start + start / stride;
        int below = corner + SIZE * (stride + 1);
        return sums[below + SIZE] - sums[below] - sums[corner + SIZE] + sums[corner];
    }

    /** Whether the costs between sums of cells, which are no more than those between their pixels, are below the best. */
    private boolean mayBeBetter(int start, int offset) {
        int levelCost = 0;
        int structureCost = 0;
        int row = start;
        for (int at = 0; at < CELLS * CELLS; at += CELLS) {
            for (int x = 0; x < CELLS; x++) {
                int difference = blockCells[at + x] - cells[row + CELL * x];
                levelCost += Math.abs(difference);
                structureCost += Math.abs(AREA * difference - CELL * CELL * offset);
            }
            row += CELL * stride;
        }
        return levelCost < bestLevel || structureCost < bestStructure;
    }

    private void compare(int start, int offset) {
        int levelCost = 0;
        int structureCost = 0;
        int row = start;
        for (int at = 0; at < AREA; at += SIZE) {
            for (int x = 0; x < SIZE; x++) {
                int difference = block[at + x] - around[row + x];
                levelCost += Math.abs(difference);
                structureCost += Math.abs(AREA * difference - offset);
            }
            if (levelCost >= bestLevel && structureCost >= bestStructure) {
                return;
            }
            row += stride;
        }
        bestLevel = Math.min(bestLevel, levelCost);
        bestStructure = Math.min(bestStructure, structureCost);
    }

    /** Mean absolute deviation of the block from its own mean, in luma levels. */
    double detail() {
        return detail;
    }

    /** Mean absolute difference to the best counterpart. */
    double level() {
        return level;
    }

    /** Mean absolute difference to the best counterpart, both with their means removed. */
    double structure() {
        return structure;
    }

    private record Displacement(int dx, int dy) {}
}
