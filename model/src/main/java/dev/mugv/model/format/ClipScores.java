package dev.mugv.model.format;

/**
 * Names of the scores of a clip. Pictures are measured at one fixed width, because sharpness and motion depend on it.
 */
public final class ClipScores {
    /** Pixels; every measure is taken of pictures of this width. */
    public static final int WIDTH = 320;

    /** Median over the sampled frames of the variance of the Laplacian. */
    public static final String SHARPNESS = "sharpness";

    public static final String SHARPNESS_MIN = "sharpness-min";
    public static final String SHARPNESS_MAX = "sharpness-max";

    /** Mean length of the optical flow over three frame pairs (start, middle, end), pixels in a tenth of a second. */
    public static final String MOTION = "motion";

    public static final String MOTION_MIN = "motion-min";
    public static final String MOTION_MAX = "motion-max";

    /** Median flow to the right: what the whole picture does, pixels in a tenth of a second. */
    public static final String PAN_X = "pan-x";

    /** Median flow downwards. */
    public static final String PAN_Y = "pan-y";

    /** Mean length of what the flow differs from the median flow: motion of objects. */
    public static final String OBJECT_MOTION = "object-motion";

    /** Share of pixels that move by half a pixel in a tenth of a second or more. */
    public static final String MOVING_SHARE = "moving-share";

    /** Mean luma, 0 black to 1 white. */
    public static final String EXPOSURE = "exposure";

    /** Share of pixels that are black. */
    public static final String DARK_SHARE = "dark-share";

    /** Share of pixels that are white. */
    public static final String BRIGHT_SHARE = "bright-share";

    /** Standard deviation of luma, 0 to 0.5. */
    public static final String CONTRAST = "contrast";

    /** Hasler and Suesstrunk's measure (2003): 0 grey, 33 moderately, 82 highly colourful. */
    public static final String COLOURFULNESS = "colourfulness";

    /** Aesthetic score, 0 to 10. */
    public static final String AESTHETIC = "aesthetic";

    /** Share of the picture that black borders cover in every sampled frame. */
    public static final String BORDER_SHARE = "border-share";

    /** Share of frames that show the frame before once more: slowed down, or filled up to another rate. */
    public static final String REPEATED_SHARE = "repeated-share";

    /** Mean change of the whole picture's movement from one frame to the next, pixels. */
    public static final String SHAKE = "shake";

    /** Largest answer of the safety model, 0 harmless to 1; only where one is configured. */
    public static final String SAFETY = "safety";

    /** Mean share of the pictures that text covers, by the model of it; only where one is configured. */
    public static final String TEXT_AREA = "text-area";

    /** What the names of scores of the tag model begin with. */
    public static final String TAG = "tag:";

    public static final String SECONDS = "seconds";

    private ClipScores() {}
}
