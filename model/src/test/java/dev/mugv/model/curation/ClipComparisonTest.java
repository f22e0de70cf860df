package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.format.ClipDuplicates;
import dev.mugv.model.format.ClipFingerprints;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClipComparisonTest {
    private static List<String> samples(SplittableRandom random, int count) {
        List<String> samples = new ArrayList<>();
        for (int at = 0; at < count; at++) {
            StringBuilder digits = new StringBuilder();
            for (int digit = 0; digit < Fingerprint.BITS / 4; digit++) {
                digits.append(Integer.toHexString(random.nextInt(16)));
            }
            samples.add(digits.toString());
        }
        return samples;
    }

    /** The same samples with this share of their bits turned. */
    private static List<String> noisy(List<String> samples, SplittableRandom random, double share) {
        return samples.stream()
                .map(digits -> {
                    StringBuilder changed = new StringBuilder();
                    for (char digit : digits.toCharArray()) {
                        int value = Character.digit(digit, 16);
                        for (int bit = 0; bit < 4; bit++) {
                            value ^= random.nextDouble() < share ? 1 << bit : 0;
                        }
                        changed.append(Integer.toHexString(value));
                    }
                    return changed.toString();
                })
                .toList();
    }

    private static ClipFingerprints video(String hash, String clip, List<String> samples) {
        return new ClipFingerprints(hash, 4, List.of(new ClipFingerprints.Entry(clip, samples)));
    }

    private static ClipDuplicates compare(ClipFingerprints... videos) {
        ClipComparison comparison = new ClipComparison(0.2);
        for (ClipFingerprints video : videos) {
            comparison.add(video);
        }
        return comparison.compare();
    }

    @Test
    void findsANoisyCopyThatStartsLater() {
        SplittableRandom random = new SplittableRandom(1);
        List<String> whole = samples(random, 20);
        List<String> later = noisy(whole.subList(5, 20), random, 0.1);
        ClipDuplicates found = compare(video("v1", "b", whole), video("v2", "a", later));
        assertThat(found.pairs()).hasSize(1);
        assertThat(found.pairs().get(0).clipId()).isEqualTo("a");
        assertThat(found.pairs().get(0).distance()).isBetween(0.07, 0.13);
    }

    @Test
    void findsNothingAmongUnrelatedClipsAndLooksAtFewOfTheirPairs() {
        SplittableRandom random = new SplittableRandom(2);
        ClipComparison comparison = new ClipComparison(0.2);
        for (int number = 0; number < 60; number++) {
            comparison.add(video("v" + number, "c" + number, samples(random, 16)));
        }
        ClipDuplicates found = comparison.compare();
        assertThat(found.pairs()).isEmpty();
        assertThat(found.candidates()).isLessThan(60 * 59 / 2 / 10);
    }

    @Test
    void neverPairsClipsOfOneVideo() {
        SplittableRandom random = new SplittableRandom(3);
        List<String> samples = samples(random, 10);
        ClipFingerprints video = new ClipFingerprints(
                "v", 4, List.of(new ClipFingerprints.Entry("a", samples), new ClipFingerprints.Entry("b", samples)));
        assertThat(compare(video).pairs()).isEmpty();
    }

    @Test
    void aShortOverlapIsNoDuplicate() {
        SplittableRandom random = new SplittableRandom(4);
        List<String> one = samples(random, 20);
        List<String> other = new ArrayList<>(one.subList(14, 20));
        other.addAll(samples(random, 14));
        assertThat(compare(video("v1", "a", one), video("v2", "b", other)).pairs())
                .isEmpty();
    }
}
