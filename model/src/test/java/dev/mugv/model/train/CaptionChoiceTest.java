package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.CaptionDropout.Kind;
import dev.mugv.model.train.CaptionChoice.HasGivenFrames;
import java.nio.FloatBuffer;
import java.util.BitSet;
import java.util.IntSummaryStatistics;
import org.junit.jupiter.api.Test;

class CaptionChoiceTest {
    private static final int WIDTH = 2;
    private static final int TOKENS = 30;
    private static final int DRAWS = 20_000;
    /** Four standard deviations of a share near one half among 20,000 draws. */
    private static final double CHANCE = 4 * Math.sqrt(0.25 / DRAWS);

    private final FloatBuffer text_SD = FloatBuffer.allocate(TOKENS * WIDTH);

    @Test
    void wholeCaptionsAreDroppedAtTheTasksOwnRateForOnesAboutAsLong() {
        CaptionChoice choice = new CaptionChoice(new CaptionDropout(Kind.SAMPLE, 0.1, 0.5), WIDTH);
        assertThat(share(choice, HasGivenFrames.NO)).isCloseTo(0.1, within(CHANCE));
        assertThat(share(choice, HasGivenFrames.YES)).isCloseTo(0.5, within(CHANCE));

        IntSummaryStatistics longer = new IntSummaryStatistics();
        for (int i = 0; i < DRAWS; i++) {
            if (choice.choose(text_SD, HasGivenFrames.YES, numbers(i)) instanceof ShownCaption.Dropped dropped) {
                longer.accept(dropped.longer());
            }
        }
        assertThat(longer.getMin()).isEqualTo(-50);
        assertThat(longer.getMax()).isEqualTo(50);
        // Uniform on 101 whole numbers: deviation 29.2, of the mean of 10,000 of them 0.29.
        assertThat(longer.getAverage()).isCloseTo(0, within(1.2));
    }

    @Test
    void singleTokensAreDroppedIndependently() {
        CaptionChoice choice = new CaptionChoice(new CaptionDropout(Kind.TOKEN, 0.1, 0.5), WIDTH);
        for (HasGivenFrames given : HasGivenFrames.values()) {
            double expected = given == HasGivenFrames.YES ? 0.5 : 0.1;
            long holes = 0;
            int neighbours = 0;
            for (int i = 0; i < DRAWS; i++) {
                if (choice.choose(text_SD, given, numbers(i)) instanceof ShownCaption.Perforated perforated) {
                    BitSet found = perforated.holes();
                    assertThat(found.length()).isLessThanOrEqualTo(TOKENS);
                    holes += found.cardinality();
                    neighbours += found.get(3) && found.get(4) ? 1 : 0;
                }
            }
            assertThat(holes / (double) (DRAWS * TOKENS)).isCloseTo(expected, within(CHANCE));
            assertThat(neighbours / (double) DRAWS).isCloseTo(expected * expected, within(CHANCE));
        }
    }

    @Test
    void withoutDropoutEveryCaptionStaysWhole() {
        for (Kind kind : Kind.values()) {
            CaptionChoice choice = new CaptionChoice(new CaptionDropout(kind, 0, 0), WIDTH);
            for (int i = 0; i < 100; i++) {
                assertThat(choice.choose(text_SD, HasGivenFrames.YES, numbers(i)))
                        .isEqualTo(new ShownCaption.Whole(text_SD));
            }
        }
    }

    @Test
    void theSameNumbersMakeTheSameChoice() {
        CaptionChoice choice = new CaptionChoice(new CaptionDropout(Kind.TOKEN, 0.5, 0.5), WIDTH);
        assertThat(choice.choose(text_SD, HasGivenFrames.NO, numbers(7)))
                .isEqualTo(choice.choose(text_SD, HasGivenFrames.NO, numbers(7)))
                .isNotEqualTo(choice.choose(text_SD, HasGivenFrames.NO, numbers(8)));
    }

    private double share(CaptionChoice choice, HasGivenFrames given) {
        int dropped = 0;
        for (int i = 0; i < DRAWS; i++) {
            dropped += choice.choose(text_SD, given, numbers(i)) instanceof ShownCaption.Dropped ? 1 : 0;
        }
        return dropped / (double) DRAWS;
    }

    private static CounterNoise numbers(int i) {
        return CounterNoise.of(5, "caption", i);
    }
}
