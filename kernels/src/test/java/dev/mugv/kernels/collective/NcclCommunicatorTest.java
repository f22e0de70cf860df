package dev.mugv.kernels.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.kernels.collective.CollectiveFailure.Reason;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NcclCommunicatorTest {
    @TempDir
    Path folder;

    /** More local ranks than any machine has devices; without a GPU the libraries themselves are missing. */
    @Test
    void whatIsMissingIsNamedAndNothingElseIsUsedInstead() {
        assertThatThrownBy(() ->
                        NcclCommunicator.open(new NcclCommunicator.Place(0, 1, 99), folder, Duration.ofSeconds(20)))
                .isInstanceOfSatisfying(
                        CollectiveFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.LIBRARY))
                .hasMessageContaining("Cannot use NCCL: expected");
    }
}
