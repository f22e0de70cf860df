package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasuredNumbersTest {
    @Test
    void nanIsRefusedByName() {
        assertThatThrownBy(() -> MeasuredNumbers.require("sample 'a'", Map.of("motion", Double.NaN)))
                .isInstanceOfSatisfying(
                        WorkFailure.class, failure -> assertThat(failure.kind()).isEqualTo(FailureKind.DIVERGED))
                .hasMessageStartingWith(
                        "Cannot publish the measures of sample 'a': expected a number, found NaN for 'motion'");
    }

    @Test
    void whatIsANumberPasses() {
        assertThatCode(() ->
                        MeasuredNumbers.require("sample 'a'", Map.of("psnr", Double.POSITIVE_INFINITY, "motion", 0.0)))
                .doesNotThrowAnyException();
    }
}
