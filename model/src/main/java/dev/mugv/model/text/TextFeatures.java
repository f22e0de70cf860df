package dev.mugv.model.text;

import java.nio.FloatBuffer;
import java.util.Arrays;

/** Features of one text: S tokens of width D, without padding. */
public final class TextFeatures {
    private final float[] features_SD;
    private final int tokens;
    private final int tokensFound;

    /**
     * @param features_SD row-major
     * @param tokens S, at least 1
     * @param tokensFound tokens of the whole text; more than S if it was cut
     */
    public TextFeatures(float[] features_SD, int tokens, int tokensFound) {
        if (tokens < 1 || features_SD.length % tokens != 0 || tokensFound < tokens) {
            throw new IllegalArgumentException(
                    "%d values, %d tokens of %d".formatted(features_SD.length, tokens, tokensFound));
        }
        this.features_SD = features_SD.clone();
        this.tokens = tokens;
        this.tokensFound = tokensFound;
    }

    /** All values, row-major, read-only. */
    public FloatBuffer features_SD() {
        return FloatBuffer.wrap(features_SD).asReadOnlyBuffer();
    }

    /** S. */
    public int tokens() {
        return tokens;
    }

    /** D. */
    public int width() {
        return features_SD.length / tokens;
    }

    /** Tokens of the whole text. */
    public int tokensFound() {
        return tokensFound;
    }

    /** Whether the end of the text was left out because it was too long. */
    public boolean isCut() {
        return tokensFound > tokens;
    }

    /**
     * The same rows with zeros behind them, as the released data folder holds features of every text at one length.
     *
     * @param length rows in all, at least the tokens; 300 there
     */
    public FloatBuffer padded(int length) {
        if (length < tokens) {
            throw new IllegalArgumentException("expected at least " + tokens + " rows, found " + length);
        }
        return FloatBuffer.wrap(Arrays.copyOf(features_SD, length * width())).asReadOnlyBuffer();
    }

    /**
     * The features of the rows that a mask marks, which the packed form keeps.
     *
     * @param padded_SD rows of one width
     * @param mask_S which of them are tokens; at least one
     */
    public static TextFeatures packed(FloatBuffer padded_SD, boolean[] mask_S) {
        int width = padded_SD.remaining() / mask_S.length;
        int tokens = 0;
        float[] rows = new float[width * mask_S.length];
        for (int s = 0; s < mask_S.length; s++) {
            if (mask_S[s]) {
                padded_SD.get(padded_SD.position() + s * width, rows, tokens * width, width);
                tokens++;
            }
        }
        return new TextFeatures(Arrays.copyOf(rows, tokens * width), tokens, tokens);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TextFeatures that
                && tokens == that.tokens
                && tokensFound == that.tokensFound
                && Arrays.equals(features_SD, that.features_SD);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(features_SD);
    }
}
