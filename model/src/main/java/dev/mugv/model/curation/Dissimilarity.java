package dev.mugv.model.curation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How badly two frames predict each other block by block, motion allowed for. The unit is what a block costs when
 * predicted by nothing but its own mean (as an encoder weighs inter against intra prediction): near 0 for the same scene
 * whatever moved, near 1 for unrelated scenes.
 *
 * @param level cost with brightness counted
 * @param structure cost with each block's mean removed: blind to light going on or off
 * @param changedShare share of blocks that have no counterpart, 0..1: low when only a title or an object appeared
 */
record Dissimilarity(double level, double structure, double changedShare) {
    /** A block whose cost exceeds this part of its own detail has no counterpart. */
    private static final double CHANGED = 0.4;

    /** Luma levels of detail below which a block says nothing: noise and rounding of compressed video. */
    private static final double NOISE = 0.5;

    /** Levels by which a block's mean must differ for a flat block to count as changed. */
    private static final double FLAT_CHANGE = 12;

    /** Ratio of contrasts beyond which the frames are also compared as if lit alike. */
    private static final double OTHER_LIGHT = 1.15;

    /** Matches each frame's blocks in the other and takes the direction that predicts better. */
    static Dissimilarity between(ShotFrame left, ShotFrame right) {
        Dissimilarity direct = predict(left, right).orBetter(predict(right, left));
        if (areLitAlike(left, right)) {
            return direct;
        }
        ShotFrame dimmed = dimmed(left, right);
        ShotFrame other = dimmer(left, right);
        Dissimilarity alike = predict(dimmed, other).orBetter(predict(other, dimmed));
        return new Dissimilarity(
                direct.level,
                Math.min(direct.structure, alike.structure),
                Math.min(direct.changedShare, alike.changedShare));
    }

    /**
     * Whether {@link #structure} of {@link #between} is at least this, by less work: no search where blocks in their own places already predict
     * better, and none for the rest of the blocks once those with most detail cost as much. The answer is exactly the same, because costs
     * are multiples of 2^-12 that doubles add without rounding.
     */
    static boolean isStructureAtLeast(ShotFrame left, ShotFrame right, double least) {
        if (structureAtRest(left, right) < least
                || !predictsNoBetter(left, right, least)
                || !predictsNoBetter(right, left, least)) {
            return false;
        }
        if (areLitAlike(left, right)) {
            return true;
        }
        ShotFrame dimmed = dimmed(left, right);
        ShotFrame other = dimmer(left, right);
        return predictsNoBetter(dimmed, other, least) && predictsNoBetter(other, dimmed, least);
    }

    private static boolean areLitAlike(ShotFrame left, ShotFrame right) {
        double brighter = Math.max(left.deviation(), right.deviation());
        return brighter <= OTHER_LIGHT * Math.min(left.deviation(), right.deviation());
    }

    /** The frame of more contrast, lit like the other: brightening the darker one would make its noise look like structure. */
    private static ShotFrame dimmed(ShotFrame left, ShotFrame right) {
        return left.deviation() > right.deviation() ? left.litLike(right) : right.litLike(left);
    }

    private static ShotFrame dimmer(ShotFrame left, ShotFrame right) {
        return left.deviation() > right.deviation() ? right : left;
    }

    private Dissimilarity orBetter(Dissimilarity other) {
        return new Dissimilarity(
                Math.min(level, other.level),
                Math.min(structure, other.structure),
                Math.min(changedShare, other.changedShare));
    }

    private static Dissimilarity predict(ShotFrame frame, ShotFrame from) {
        int columns = frame.width() / ShotFrame.BLOCK;
        int rows = frame.height() / ShotFrame.BLOCK;
        double detail = 0;
        double level = 0;
        double structure = 0;
        int changed = 0;
        BlockSearch search = new BlockSearch(frame, from, BlockSearch.REACH);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                search.match(column * ShotFrame.BLOCK, row * ShotFrame.BLOCK);
                detail += search.detail() + NOISE;
                level += search.level();
                structure += search.structure();
                boolean lost = search.structure() > CHANGED * (search.detail() + NOISE) + NOISE;
                if (lost || search.level() > search.structure() + FLAT_CHANGE) {
                    changed++;
                }
            }
        }
        return new Dissimilarity(level / detail, structure / detail, changed / (double) (rows * columns));
    }

    /** What is at least {@code structure} of the prediction: each block predicted by the one in its own place. */
    private static double structureAtRest(ShotFrame frame, ShotFrame from) {
        BlockSearch search = new BlockSearch(frame, from, 0);
        double detail = 0;
        double structure = 0;
        for (Block block : blocks(frame, search)) {
            search.matchStructure(block.left, block.top);
            detail += block.detail + NOISE;
            structure += search.structure();
        }
        return structure / detail;
    }

    private static boolean predictsNoBetter(ShotFrame frame, ShotFrame from, double least) {
        BlockSearch search = new BlockSearch(frame, from, BlockSearch.REACH);
        List<Block> blocks = blocks(frame, search);
        double detail = 0;
        for (Block block : blocks) {
            detail += block.detail + NOISE;
        }
        blocks.sort(Comparator.comparingDouble(Block::detail).reversed());
        double structure = 0;
        for (Block block : blocks) {
            search.matchStructure(block.left, block.top);
            structure += search.structure();
            if (structure / detail >= least) {
                return true;
            }
        }
        return structure / detail >= least;
    }

    private static List<Block> blocks(ShotFrame frame, BlockSearch search) {
        List<Block> blocks = new ArrayList<>();
        for (int top = 0; top + ShotFrame.BLOCK <= frame.height(); top += ShotFrame.BLOCK) {
            for (int left = 0; left + ShotFrame.BLOCK <= frame.width(); left += ShotFrame.BLOCK) {
                blocks.add(new Block(left, top, search.detailOf(left, top)));
            }
        }
        return blocks;
    }

    /** Top left pixel of a block, and the block's own detail. */
    private record Block(int left, int top, double detail) {}
}
