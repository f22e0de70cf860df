package dev.mugv.steps.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KrippendorffAlphaTest {
    /** Published to three decimals. */
    private static final double PUBLISHED = 5e-4;

    @Test
    void theReliabilityExampleOfFourObserversAndTwelveUnitsGivesThePublishedValue() {
        List<List<String>> units = units("123321412...", "1233224125.3", ".3332342251.", "12332441251.");
        assertThat(KrippendorffAlpha.nominal(units).orElseThrow()).isCloseTo(0.743, within(PUBLISHED));
    }

    @Test
    void twoObserversOfABinaryQuestionGiveThePublishedValue() {
        List<List<String>> units = units("0100000010", "1110010000");
        assertThat(KrippendorffAlpha.nominal(units).orElseThrow()).isCloseTo(0.095, within(PUBLISHED));
    }

    @Test
    void twoObserversOfNominalValuesGiveThePublishedValue() {
        List<List<String>> units = units("aabbdcccedda", "babbbccceddd");
        assertThat(KrippendorffAlpha.nominal(units).orElseThrow()).isCloseTo(0.692, within(PUBLISHED));
    }

    @Test
    void whoAlwaysAgreesHasOne() {
        assertThat(KrippendorffAlpha.nominal(units("abab", "abab", "ab..")).orElseThrow())
                .isEqualTo(1);
    }

    @Test
    void whatCannotBeComparedHasNoAlpha() {
        assertThat(KrippendorffAlpha.nominal(List.of())).isEmpty();
        assertThat(KrippendorffAlpha.nominal(units("ab", ".."))).isEmpty();
        assertThat(KrippendorffAlpha.nominal(units("aaa", "aaa"))).isEmpty();
    }

    /** One text an observer, one letter a unit, a dot where there is no value. */
    private static List<List<String>> units(String... observers) {
        List<List<String>> units = new ArrayList<>();
        for (int unit = 0; unit < observers[0].length(); unit++) {
            List<String> values = new ArrayList<>();
            for (String observer : observers) {
                if (observer.charAt(unit) != '.') {
                    values.add(observer.substring(unit, unit + 1));
                }
            }
            units.add(values);
        }
        return units;
    }
}
