package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.mugv.model.config.DitSize;
import org.junit.jupiter.api.Test;

class DitFlopsTest {
    /** mugv.md, section 6.2: about 8.8 PFLOP an update, 2.9 of them forward, for one 720p sample of 5 s at 10B. */
    @Test
    void countsWhatThePublishedCounterCounts() {
        DitSize size = DitSize.named("10b").orElseThrow();
        assertThat(DitFlops.update(size, 50_400, 300)).isCloseTo(8.8e15, withinPercentage(1));
        assertThat(DitFlops.forward(size, 50_400, 300)).isCloseTo(2.9e15, withinPercentage(2));
    }
}
