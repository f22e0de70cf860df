package dev.mugv.model.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.kernels.CounterNoise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PowerProfileTest {
    // Published to two digits behind the point: arXiv 2312.02696, section 3.1.
    @ParameterizedTest
    @CsvSource({"0.05, 16.97", "0.10, 6.94"})
    void theExponentIsThePublishedOne(double length, double gamma) {
        assertThat(new PowerProfile(length).gamma()).isCloseTo(gamma, within(0.005));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-4, 0.01, 0.05, 0.1, 0.2, 0.25, 0.2886})
    void theExponentGivesTheLengthBack(double length) {
        double gamma = new PowerProfile(length).gamma();
        double found = Math.sqrt(gamma + 1) / ((gamma + 2) * Math.sqrt(gamma + 3));
        assertThat(found / length).isCloseTo(1, within(1e-12));
        assertThat(gamma).isPositive();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 0.2887, 0.3, Double.NaN})
    void aLengthThatNoProfileHasIsRefused(double length) {
        assertThatThrownBy(() -> new PowerProfile(length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("above 0 and below 0.2887")
                .hasMessageContaining(Double.toString(length));
    }

    @ParameterizedTest
    @CsvSource({"0.05, 1", "0.05, 5", "0.2, 1", "0.2, 4"})
    void theRecurrenceIsTheWeightedSum(double length, int every) {
        PowerProfile profile = new PowerProfile(length);
        CounterNoise noise = CounterNoise.of(1, "values", 1);
        int updates = 200;
        double average = Double.MAX_VALUE;
        for (int update = every; update <= updates; update += every) {
            double share = profile.share(update, every);
            average = update == every ? noise.gaussian(update) : average + share * (noise.gaussian(update) - average);
            assertThat(share).isEqualTo(update == every ? 1 : share).isBetween(0.0, 1.0);
        }
        double sum = 0;
        double weights = 0;
        for (int update = every; update <= updates; update += every) {
            double weight = profile.weight(update, updates, every);
            sum += weight * noise.gaussian(update);
            weights += weight;
        }
        // 200 roundings of doubles whose size is 1.
        assertThat(average).isCloseTo(sum, within(200 * 0x1p-52));
        assertThat(weights).isCloseTo(1, within(1e-12));
    }

    @Test
    void theWeightsHaveTheDeviationThatIsAskedFor() {
        int updates = 20_000;
        PowerProfile profile = new PowerProfile(0.1);
        double mean = 0;
        double square = 0;
        for (int update = 1; update <= updates; update++) {
            double at = (update - 0.5) / updates;
            mean += profile.weight(update, updates, 1) * at;
            square += profile.weight(update, updates, 1) * at * at;
        }
        // A sum in place of an integral, over steps of 1 / 20,000.
        assertThat(Math.sqrt(square - mean * mean)).isCloseTo(0.1, within(1e-6));
    }
}
