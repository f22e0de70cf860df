package dev.mugv.model.curation;

/** Full search for the best counterpart of one block of luma in another frame. */
final class BlockSearch {
    private static final int SIZE = ShotFrame.BLOCK;
    private static final int AREA = SIZE * SIZE;

    private final ShotFrame frame;
    private final ShotFrame from;
    private final int reach;
    private final int[] block = new int[AREA];
    private double detail;
    private double level;
    private double structure;

    /** @param reach pixels of motion searched each way; beyond the picture's edge its border pixels count */
    BlockSearch(ShotFrame frame, ShotFrame from, int reach) {
        this.frame = frame;
        this.from = from;
        this.reach = reach;
    }

    /** Finds the best counterparts of the block whose top left pixel is given. */
    void match(int left, int top) {
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
        int bestLevel = Integer.MAX_VALUE;
        int bestStructure = Integer.MAX_VALUE;
        int[] candidate = new int[AREA];
        for (int dy = -reach; dy <= reach; dy++) {
            for (int dx = -reach; dx <= reach; dx++) {
                int offset = sum - load(candidate, left + dx, top + dy);
                int levelCost = 0;
                int structureCost = 0;
                for (int at = 0; at < AREA; at++) {
                    int difference = block[at] - candidate[at];
                    levelCost += Math.abs(difference);
                    structureCost += Math.abs(AREA * difference - offset);
                }
                bestLevel = Math.min(bestLevel, levelCost);
                bestStructure = Math.min(bestStructure, structureCost);
            }
        }
        level = bestLevel / (double) AREA;
        structure = bestStructure / (double) (AREA * AREA);
    }

    /** Copies a block of the other frame and gives the sum of its values. */
    private int load(int[] target, int left, int top) {
        int width = from.width();
        int height = from.height();
        int[] luma = from.luma();
        boolean inside = left >= 0 && left + SIZE <= width;
        int sum = 0;
        for (int y = 0; y < SIZE; y++) {
            int row = Math.min(height - 1, Math.max(0, top + y)) * width;
            if (inside) {
                System.arraycopy(luma, row + left, target, y * SIZE, SIZE);
            } else {
                for (int x = 0; x < SIZE; x++) {
                    target[y * SIZE + x] = luma[row + Math.min(width - 1, Math.max(0, left + x))];
                }
            }
        }
        for (int value : target) {
            sum += value;
        }
        return sum;
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
}
