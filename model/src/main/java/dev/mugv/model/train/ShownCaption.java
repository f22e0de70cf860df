package dev.mugv.model.train;

import java.nio.FloatBuffer;
import java.util.BitSet;

/** The caption that a sample is shown: its own, or rows of the null caption in its place (mugv.md, section 3.2). */
sealed interface ShownCaption {
    /** Features of the sample's own caption, row-major {@code [S,D]}. */
    FloatBuffer text_SD();

    /** The own caption, unchanged. */
    record Whole(FloatBuffer text_SD) implements ShownCaption {}

    /**
     * The null caption instead, about as long, so that its length does not tell it apart.
     *
     * @param text_SD the own caption, of which only the length counts
     * @param longer tokens that the null caption is longer (or, below 0, shorter), as far as the table allows
     */
    record Dropped(FloatBuffer text_SD, int longer) implements ShownCaption {}

    /**
     * The own caption with holes, in which the null caption's rows of the same positions stand.
     *
     * @param holes positions of the tokens that are taken away
     */
    record Perforated(FloatBuffer text_SD, BitSet holes) implements ShownCaption {
        public Perforated {
            holes = (BitSet) holes.clone();
        }

        @Override
        public BitSet holes() {
            return (BitSet) holes.clone();
        }
    }
}
