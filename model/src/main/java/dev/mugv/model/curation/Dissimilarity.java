package dev.mugv.model.curation;

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
    private static final int REACH = 5;

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
        double brighter = Math.max(left.deviation(), right.deviation());
        if (brighter <= OTHER_LIGHT * Math.min(left.deviation(), right.deviation())) {
            return direct;
        }
        // Brightening the darker frame would make its noise look like structure, so the other is dimmed.
        boolean dimLeft = left.deviation() > right.deviation();
        ShotFrame dimmed = dimLeft ? left.litLike(right) : right.litLike(left);
        ShotFrame other = dimLeft ? right : left;
        Dissimilarity alike = predict(dimmed, other).orBetter(predict(other, dimmed));
        return new Dissimilarity(
                direct.level,
                Math.min(direct.structure, alike.structure),
                Math.min(direct.changedShare, alike.changedShare));
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
        BlockSearch search = new BlockSearch(frame, from, REACH);
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
}
