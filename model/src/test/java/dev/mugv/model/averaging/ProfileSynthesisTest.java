package dev.mugv.model.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.averaging.ProfileSynthesis.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileSynthesisTest {
    private static final int UPDATES = 80;

    private static List<Snapshot> snapshots(int every, double... lengths) {
        List<Snapshot> snapshots = new ArrayList<>();
        for (int update = every; update <= UPDATES; update += every) {
            for (double length : lengths) {
                snapshots.add(new Snapshot(update, new PowerProfile(length)));
            }
        }
        return snapshots;
    }

    private static ProfileSynthesis of(List<Snapshot> snapshots, double length) {
        return ProfileSynthesis.of(snapshots, new Snapshot(UPDATES, new PowerProfile(length)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.10})
    void aLengthThatWasKeptIsThatVerySnapshot(double length) {
        List<Snapshot> snapshots = snapshots(10, 0.05, 0.10);
        ProfileSynthesis found = of(snapshots, length);
        for (int i = 0; i < snapshots.size(); i++) {
            boolean isIt = snapshots.get(i).equals(new Snapshot(UPDATES, new PowerProfile(length)));
            // The system's condition is about 1e6, a double's last digit 2e-16.
            assertThat(found.coefficients().get(i)).isCloseTo(isIt ? 1 : 0, within(1e-8));
        }
        // The square root of the rounding of sums of size 1.
        assertThat(found.error()).isLessThan(1e-6);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.03, 0.07, 0.09, 0.15, 0.25})
    void theErrorIsTheDistanceOfTheTwoProfiles(double length) {
        List<Snapshot> snapshots = snapshots(20, 0.05, 0.10);
        ProfileSynthesis found = of(snapshots, length);
        int steps = 40_000;
        double square = 0;
        double size = 0;
        for (int i = 0; i < steps; i++) {
            double at = (i + 0.5) * UPDATES / steps;
            double wanted = density(new Snapshot(UPDATES, new PowerProfile(length)), at);
            double sum = 0;
            for (int k = 0; k < snapshots.size(); k++) {
                sum += found.coefficients().get(k) * density(snapshots.get(k), at);
            }
            square += (sum - wanted) * (sum - wanted);
            size += wanted * wanted;
        }
        // The sum has jumps at snapshots, each half a step off.
        assertThat(found.error()).isCloseTo(Math.sqrt(square / size), within(1e-3));
        assertThat(found.coefficients().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isCloseTo(1, within(1e-12));
    }

    @Test
    void moreSnapshotsAndLengthsNearThoseKeptAreNearer() {
        assertThat(of(snapshots(10, 0.05, 0.10), 0.07).error())
                .isLessThan(of(snapshots(20, 0.05, 0.10), 0.07).error());
        assertThat(of(snapshots(20, 0.05, 0.10), 0.07).error())
                .isLessThan(of(snapshots(20, 0.05, 0.10), 0.02).error());
        assertThat(of(snapshots(20, 0.05, 0.10), 0.07).error())
                .isLessThan(of(snapshots(20, 0.05), 0.07).error());
    }

    @Test
    void nothingIsPutTogetherFromNothing() {
        assertThatThrownBy(() -> of(List.of(), 0.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found none");
    }

    private static double density(Snapshot snapshot, double at) {
        double gamma = snapshot.profile().gamma();
        return at > snapshot.update() ? 0 : (gamma + 1) / snapshot.update() * Math.pow(at / snapshot.update(), gamma);
    }
}
