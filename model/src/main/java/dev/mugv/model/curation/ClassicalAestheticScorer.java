package dev.mugv.model.curation;

import dev.mugv.model.media.RgbFrame;

/**
 * A score from rules of photography, without a learned model: balanced exposure with nothing clipped, contrast,
 * colourfulness that is neither dull nor garish, sharpness. It orders pictures by technical quality; it knows nothing of
 * content. Its numbers are not those of a learned predictor, so thresholds do not carry over.
 */
public final class ClassicalAestheticScorer implements AestheticScorer {
    private static final double BALANCED_EXPOSURE = 0.46;
    private static final double GOOD_CONTRAST = 0.23;
    private static final double GOOD_COLOURFULNESS = 45;

    /** Variance of the Laplacian of a crisp picture at the width of measurement. */
    private static final double CRISP = 1000;

    @Override
    public double score(RgbFrame picture) {
        PictureMeasures measures = PictureMeasures.of(picture);
        double clipped = measures.darkShare() + measures.brightShare();
        double exposure = Math.max(0, 1 - Math.abs(measures.exposure() - BALANCED_EXPOSURE) / BALANCED_EXPOSURE)
                * Math.max(0, 1 - clipped);
        double contrast = Math.min(1, measures.contrast() / GOOD_CONTRAST);
        double off = (measures.colourfulness() - GOOD_COLOURFULNESS) / GOOD_COLOURFULNESS;
        double colour = Math.exp(-off * off);
        double sharpness = Math.min(1, Math.log1p(measures.sharpness()) / Math.log1p(CRISP));
        return 10 * (0.3 * exposure + 0.2 * contrast + 0.2 * colour + 0.3 * sharpness);
    }

    @Override
    public String name() {
        return "classical-1";
    }
}
