package dev.mugv.model.config;

/**
 * How captions are taken away in training, so that the model also learns what videos look like without one (mugv.md, section
 * 3.2). What stands in for them are rows of the null caption's table.
 *
 * @param kind what is taken away at once
 * @param textToVideo probability where no frame is given
 * @param imageToVideo probability where frames are given, which say much of what the caption says
 * @param table whether training changes the table
 */
public record CaptionDropout(
        @Default("sample") Kind kind,
        @Default("0.1") double textToVideo,
        @Default("0.5") double imageToVideo,
        @Default("fixed") Table table) {
    /** Every caption stays whole. */
    public static final CaptionDropout NONE = new CaptionDropout(Kind.SAMPLE, 0, 0);

    /** With a fixed table. */
    public CaptionDropout(Kind kind, double textToVideo, double imageToVideo) {
        this(kind, textToVideo, imageToVideo, Table.FIXED);
    }

    public CaptionDropout {
        new Faults()
                .within(0, 1, textToVideo, "textToVideo")
                .within(0, 1, imageToVideo, "imageToVideo")
                .throwIfAny();
    }

    /** Whether training changes the null caption's table. */
    public enum Table {
        /** As published: the table is a buffer that stays as it was drawn or loaded. */
        FIXED,
        /** It is trained like a parameter. */
        TRAINED
    }

    /** What is taken away at once. */
    public enum Kind {
        /** A sample's whole caption; the null caption that replaces it is up to 50 tokens shorter or longer. */
        SAMPLE,
        /** Every token for itself; the row of its position replaces it. */
        TOKEN
    }
}
