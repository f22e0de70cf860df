package dev.mugv.model.format;

import java.util.Locale;

/** What was done to a clean clip of the planted set. */
public enum PlantedEdit {
    /** Only encoded again. */
    CLEAN,
    BLUR,
    DARK,
    BRIGHT,
    /** Little contrast, little colour, out of focus. */
    DULL,
    LETTERBOX,
    PILLARBOX,
    SHAKE,
    /** One frame for the whole length. */
    STILL,
    /** Every frame shown twice. */
    SLOWED,
    /** Every second frame left out. */
    SPED,
    TEXT,
    LOGO,
    /** A copy: made smaller, encoded, made larger, encoded again. */
    RECOMPRESSED,
    /** A copy: less of each side. */
    CROPPED,
    /** A copy: left and right exchanged. */
    MIRRORED,
    /** A copy: text and a logo laid over it, another brightness. */
    OVERLAID,
    /** Shots one after the other, with the changes that the truth lists. */
    FILM;

    /** For example {@code letterbox}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
