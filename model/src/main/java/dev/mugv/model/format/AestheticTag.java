package dev.mugv.model.format;

import java.util.Locale;

/** The score that ends every caption and every prompt (mugv.md, sections 1.1 and 4.2). */
public final class AestheticTag {
    /** What the published pipeline asks for. */
    public static final double PUBLISHED = 6.0;

    private AestheticTag() {}

    /** A text with its score, for example {@code A red dog. aesthetic score: 6.0.} */
    public static String append(String text, double score) {
        return (text + " " + String.format(Locale.ROOT, "aesthetic score: %.1f.", score)).strip();
    }
}
