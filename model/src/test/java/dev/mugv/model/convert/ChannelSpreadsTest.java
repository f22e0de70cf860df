package dev.mugv.model.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.format.ImportedData.Looks;
import dev.mugv.model.vae.PublishedNormalisation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelSpreadsTest {
    private static final int CHANNELS = 24;

    /** However quiet a clip is: its channels' deviations all shrink by one factor. */
    @ParameterizedTest
    @ValueSource(doubles = {0.02, 0.3, 1, 1.5})
    void tellsTheThreeStatesApart(double liveliness) {
        assertThat(looks(0, liveliness, 48)).isEqualTo(Looks.NORMALISED);
        assertThat(looks(1, liveliness, 48)).isEqualTo(Looks.NOT_NORMALISED);
        assertThat(looks(-1, liveliness, 48)).isEqualTo(Looks.TWICE_NORMALISED);
    }

    @Test
    void saysNothingBetweenTwoStates() {
        assertThat(looks(0.5, 1, 480)).isEqualTo(Looks.UNCLEAR);
        assertThat(looks(-0.5, 1, 480)).isEqualTo(Looks.UNCLEAR);
    }

    @Test
    void saysNothingOfTooFewOrFlatNumbersOrScalesThatAreAlike() {
        assertThat(slope(spreads(0, 1, 15), scales())).isEmpty();
        ChannelSpreads flat = new ChannelSpreads(CHANNELS);
        for (int i = 0; i < CHANNELS * 100; i++) {
            flat.add(i % CHANNELS, 0.3f);
        }
        assertThat(slope(flat, scales())).isEmpty();
        assertThat(slope(spreads(0, 1, 100), Collections.nCopies(CHANNELS, 1.3f)))
                .isEmpty();
    }

    @Test
    void saysNothingWhereTheSpreadsFollowNoLine() {
        ChannelSpreads wild = new ChannelSpreads(CHANNELS);
        CounterNoise noise = CounterNoise.of(1, "wild", 0);
        for (int i = 0; i < CHANNELS * 100; i++) {
            double factor =
                    Math.exp(2 * CounterNoise.of(2, "factor", i % CHANNELS).gaussian(0));
            wild.add(i % CHANNELS, (float) (factor * noise.gaussian(i)));
        }
        assertThat(slope(wild, scales())).isEmpty();
    }

    private static Looks looks(double power, double liveliness, int perChannel) {
        return ChannelSpreads.looks(slope(spreads(power, liveliness, perChannel), scales()));
    }

    private static OptionalDouble slope(ChannelSpreads spreads, List<Float> scales) {
        return spreads.slope(scales);
    }

    /** Gaussian channels whose deviations are the scales to some power. */
    private static ChannelSpreads spreads(double power, double liveliness, int perChannel) {
        ChannelSpreads spreads = new ChannelSpreads(CHANNELS);
        CounterNoise noise = CounterNoise.of(5, "latent", 0);
        List<Float> scales = scales();
        for (int i = 0; i < CHANNELS * perChannel; i++) {
            int channel = i % CHANNELS;
            double mean = CounterNoise.of(6, "mean", channel).gaussian(0);
            double deviation = liveliness * Math.pow(scales.get(channel), power);
            spreads.add(channel, (float) (mean + deviation * noise.gaussian(i)));
        }
        return spreads;
    }

    private static List<Float> scales() {
        List<Float> scales = new ArrayList<>();
        for (float scale : PublishedNormalisation.scale()) {
            scales.add(scale);
        }
        return scales;
    }
}
