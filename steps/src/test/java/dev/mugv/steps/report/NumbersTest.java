package dev.mugv.steps.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void writesFourDigitsWithoutIdleZeros() {
        assertThat(Numbers.significant(0.123456)).isEqualTo("0.1235");
        assertThat(Numbers.significant(50)).isEqualTo("50");
        assertThat(Numbers.significant(123456.7)).isEqualTo("123457");
        assertThat(Numbers.significant(0.0000123)).isEqualTo("1.23e-05");
        assertThat(Numbers.significant(-0.5)).isEqualTo("-0.5");
        assertThat(Numbers.significant(Double.NaN)).isEqualTo("not a number");
    }

    @Test
    void writesDurationsAtTheirOwnScale() {
        assertThat(Numbers.duration(Duration.ofMillis(1234))).isEqualTo("1.2 s");
        assertThat(Numbers.duration(Duration.ofMillis(59_960))).isEqualTo("1 m 00 s");
        assertThat(Numbers.duration(Duration.ofMinutes(61))).isEqualTo("1 h 01 m");
    }
}
