package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ScoreRangeTest {
    @Test
    void aNumberAloneIsTheLowestValueKept() {
        assertThat(ScoreRange.parse("4.8").range()).contains(new Range(4.8, Double.POSITIVE_INFINITY));
        assertThat(ScoreRange.parse("-1e-3..").range()).contains(new Range(-0.001, Double.POSITIVE_INFINITY));
    }

    @Test
    void dotsPartTheLowestFromTheHighest() {
        assertThat(ScoreRange.parse("1.5..20").range()).contains(new Range(1.5, 20));
        assertThat(ScoreRange.parse("..20").range()).contains(new Range(Double.NEGATIVE_INFINITY, 20));
        assertThat(ScoreRange.parse("any").range()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "high", "1-2", "2..1", "NaN", "1..2..3", "1,5"})
    void whatIsNoRangeIsRefusedWithTheFormsThatAre(String text) {
        assertThatThrownBy(() -> ScoreRange.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("found '" + text + "'");
    }
}
