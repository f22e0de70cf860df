package dev.mugv.model.config;

/**
 * How captions are taken away in training, so that the model also learns what videos look like without one (mugv.md, section
 * 3.2). What stands in for them are rows of the null caption's table.
 *
 * @param kind what is taken away at once
 * @param textToVideo probability where no frame is given
 * @param imageToVideo probability where frames are given, which say much of what the caption says
 */
public record CaptionDropout(
        @Default("sample") Kind kind,
        @Default("0.1") double textToVideo,
        @Default("0.5") double imageToVideo) {
    /** Every caption stays whole. */
    public static final CaptionDropout NONE = new CaptionDropout(Kind.SAMPLE, 0, 0);

    public CaptionDropout {
        new Faults()
                .within(0, 1, textToVideo, "textToVideo")
                .within(0, 1, imageToVideo, "imageToVideo")
                .throwIfAny();
    }

    /** What is taken away at once. */
    public enum Kind {
        /** A sample's whole caption; the null caption that replaces it is up to 50 tokens shorter or longer. */
        SAMPLE,
        /** Every token for itself; the row of its position replaces it. */
        TOKEN
    }
}
