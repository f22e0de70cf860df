package dev.mugv.model.train;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.CaptionDropout;
import java.nio.FloatBuffer;
import java.util.BitSet;

/** Draws whether a sample is shown its caption; a pure function of the streams of numbers. */
final class CaptionChoice {
    /** How many tokens a null caption may be shorter or longer than the caption it stands for. */
    static final int SPAN = 50;

    private final CaptionDropout dropout;
    private final int textWidth;

    /**
     * @param textWidth width D of the captions' features
     */
    CaptionChoice(CaptionDropout dropout, int textWidth) {
        this.dropout = dropout;
        this.textWidth = textWidth;
    }

    /**
     * What a sample is shown.
     *
     * @param hasGivenFrames whether frames are given, as in image to video
     * @param numbers a stream of this use's own
     */
    ShownCaption choose(FloatBuffer text_SD, HasGivenFrames hasGivenFrames, CounterNoise numbers) {
        double probability = hasGivenFrames == HasGivenFrames.YES ? dropout.imageToVideo() : dropout.textToVideo();
        return switch (dropout.kind()) {
            case SAMPLE -> whole(text_SD, probability, numbers);
            case TOKEN -> perforated(text_SD, probability, numbers);
        };
    }

    /** Which of the two probabilities counts. */
    enum HasGivenFrames {
        YES,
        NO
    }

    private static ShownCaption whole(FloatBuffer text_SD, double probability, CounterNoise numbers) {
        return numbers.uniform(0) < probability
                ? new ShownCaption.Dropped(text_SD, numbers.below(2 * SPAN + 1, 1) - SPAN)
                : new ShownCaption.Whole(text_SD);
    }

    private ShownCaption perforated(FloatBuffer text_SD, double probability, CounterNoise numbers) {
        BitSet holes = new BitSet();
        for (int token = 0; token < text_SD.limit() / textWidth; token++) {
            holes.set(token, numbers.uniform(token) < probability);
        }
        return holes.isEmpty() ? new ShownCaption.Whole(text_SD) : new ShownCaption.Perforated(text_SD, holes);
    }
}
