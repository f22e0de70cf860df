package dev.mugv.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureConsistencyTest {
    private static final float[] EAST = {1, 0};
    private static final float[] NORTH_EAST = {2, 2};
    private static final float[] NORTH = {0, 3};
    private static final float[] WEST = {-1, 0};
    private static final double HALF_RIGHT = Math.sqrt(0.5);

    @Test
    void isOneOfFramesThatAreAlike() {
        assertThat(FeatureConsistency.of(List.of(EAST, EAST, EAST))).isEqualTo(1);
        assertThat(FeatureConsistency.to(EAST, List.of(EAST, EAST))).isEqualTo(1);
    }

    @Test
    void countsTheFrameBeforeAndTheFirstFrameAlike() {
        // To the frame before: cos 45, cos 45; to the first: cos 45, cos 90.
        assertThat(FeatureConsistency.of(List.of(EAST, NORTH_EAST, NORTH)))
                .isCloseTo((HALF_RIGHT + (HALF_RIGHT + 0) / 2) / 2, within(1e-12));
    }

    @Test
    void takesTheBestFrameAndTheMeanOfNeighboursToAPicture() {
        assertThat(FeatureConsistency.to(NORTH, List.of(EAST, NORTH_EAST, NORTH)))
                .isCloseTo(0.5 + HALF_RIGHT / 2, within(1e-12));
    }

    @Test
    void countsOppositesAndFeaturesOfNothingAsNoSimilarity() {
        assertThat(FeatureConsistency.of(List.of(EAST, WEST))).isZero();
        assertThat(FeatureConsistency.of(List.of(EAST, new float[2]))).isZero();
    }

    @Test
    void asksForTwoFrames() {
        assertThatThrownBy(() -> FeatureConsistency.of(List.of(EAST))).hasMessageContaining("at least 2 frames");
    }
}
