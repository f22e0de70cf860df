package dev.mugv.model.format;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Automatic measures of a generated video. The label names a measure in files, tables and reports. */
public enum SampleMeasure {
    TEMPORAL_FLICKER(
            Better.HIGHER,
            "(255 − mean |difference of neighbouring frames|) / 255; 1 is perfectly calm. Motion lowers it too."),
    MOTION_SMOOTHNESS(
            Better.HIGHER,
            "(255 − mean |error|) / 255 when every other frame is left out and guessed along the optical flow."),
    DYNAMIC_DEGREE(
            Better.HIGHER,
            "1 if the fastest 5 % of the picture move far enough in a quarter of the frame pairs, else 0."),
    MOTION(Better.NEITHER, "Mean speed of the fastest 5 % of the picture, in picture widths a second."),
    SHARPNESS(Better.NEITHER, "Variance of the Laplacian of the luma, mean over frames."),
    SATURATION(Better.NEITHER, "Mean HSV saturation, 0 to 1."),
    FIRST_FRAME_PSNR(
            Better.HIGHER,
            "PSNR in dB of the first generated frame against the frame that was given; image to video only.");

    private final Better better;
    private final String definition;

    SampleMeasure(Better better, String definition) {
        this.better = better;
        this.definition = definition;
    }

    /** For example {@code motion-smoothness}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Better better() {
        return better;
    }

    /** One sentence. */
    public String definition() {
        return definition;
    }

    /** The measure of this label. */
    public static Optional<SampleMeasure> find(String label) {
        return Arrays.stream(values()).filter(m -> m.label().equals(label)).findFirst();
    }

    /** Which way is better. */
    public enum Better {
        HIGHER,
        LOWER,
        /** It describes and does not judge. */
        NEITHER
    }
}
