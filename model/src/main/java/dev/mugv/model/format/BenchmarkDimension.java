package dev.mugv.model.format;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A dimension of VBench's image-to-video card (Huang et al., VBench++, 2024): what is scored of each video, the range in which its
 * mean is normalised, and its weight. Ranges and weights reproduce the eight published rows of mugv.md, section 5.7.
 */
public enum BenchmarkDimension {
    CAMERA_MOTION("VTCM", "camera_motion", Part.IMAGE_TO_VIDEO, 0.1, 0, 1, "The camera moves as the prompt says."),
    IMAGE_SUBJECT(
            "VISC",
            "i2v_subject",
            Part.IMAGE_TO_VIDEO,
            1,
            0.1462,
            1,
            "The subject stays that of the given picture: half the best similarity of a frame to it, half the mean one of neighbours."),
    IMAGE_BACKGROUND(
            "VIBC",
            "i2v_background",
            Part.IMAGE_TO_VIDEO,
            1,
            0.2615,
            1,
            "The same of the whole picture, by features that see the background."),
    SUBJECT_CONSISTENCY(
            "SC",
            "subject_consistency",
            Part.QUALITY,
            1,
            0.1462,
            1,
            "Mean over frames of the mean similarity to the frame before and to the first one."),
    BACKGROUND_CONSISTENCY(
            "BC",
            "background_consistency",
            Part.QUALITY,
            1,
            0.2615,
            1,
            "The same, by features that see the background."),
    MOTION_SMOOTHNESS(
            "MS",
            "motion_smoothness",
            Part.QUALITY,
            1,
            0.706,
            0.9975,
            "How well every other frame is guessed from its neighbours."),
    DYNAMIC_DEGREE("DD", "dynamic_degree", Part.QUALITY, 0.5, 0, 1, "Share of videos that move enough."),
    AESTHETIC_QUALITY("AQ", "aesthetic_quality", Part.QUALITY, 1, 0, 1, "How pleasing the frames are."),
    IMAGING_QUALITY(
            "IQ", "imaging_quality", Part.QUALITY, 1, 0, 1, "How free the frames are of noise, blur and exposure.");

    private final String code;
    private final String vbenchName;
    private final Part part;
    private final double weight;
    private final double low;
    private final double high;
    private final String definition;

    // Seven parameters: a row of the published table.
    BenchmarkDimension(
            String code, String vbenchName, Part part, double weight, double low, double high, String definition) {
        this.code = code;
        this.vbenchName = vbenchName;
        this.part = part;
        this.weight = weight;
        this.low = low;
        this.high = high;
        this.definition = definition;
    }

    /** Which of the two scores a dimension counts in. */
    public enum Part {
        IMAGE_TO_VIDEO,
        QUALITY
    }

    /** As papers head its column, for example {@code VISC}. */
    public String code() {
        return code;
    }

    /** As VBench names it in its results, for example {@code i2v_subject}. */
    public String vbenchName() {
        return vbenchName;
    }

    /** For example {@code image-subject}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Part part() {
        return part;
    }

    public double weight() {
        return weight;
    }

    /** One sentence. */
    public String definition() {
        return definition;
    }

    /** A mean between the ends of the range as 0 to 1; beyond the ends it goes on, as VBench's does. */
    public double normalised(double mean) {
        return (mean - low) / (high - low);
    }

    /** The dimension of this name of VBench's. */
    public static Optional<BenchmarkDimension> ofVbench(String name) {
        return Arrays.stream(values()).filter(d -> d.vbenchName.equals(name)).findFirst();
    }

    /** The dimension of this label. */
    public static Optional<BenchmarkDimension> find(String label) {
        return Arrays.stream(values()).filter(d -> d.label().equals(label)).findFirst();
    }
}
