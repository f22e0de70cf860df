package dev.mugv.model.config;

import dev.mugv.model.averaging.PowerProfile;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Averages of a stage's weights that are kept while it trains, in fp32: four bytes a trained parameter each, over all ranks.
 *
 * @param decay of an exponential average from one update to the next
 * @param every updates between two times that averages are brought up to date; how long they are does not depend on it
 * @param profiles lengths of power-function averages, relative to the stage's, above 0 and below 0.2887: an average of any other length can be
 *     made of two of them afterwards
 * @param snapshots how many of the newest checkpoints stay, and are published with the power-function averages as they stood
 * @param publishes the weights that the stage passes on
 */
public record WeightAveraging(
        Optional<Double> decay,
        @Default("1") int every,
        @Default("[]") List<Double> profiles,
        @Default("8") int snapshots,
        @Default("last") Published publishes) {
    /** Which weights a stage passes on. */
    public enum Published {
        /** As they stand after the last update. */
        LAST,
        /** The exponential average. */
        EMA
    }

    public WeightAveraging {
        profiles = List.copyOf(profiles);
        new Faults()
                .require(
                        decay.isEmpty() || (decay.get() > 0 && decay.get() < 1),
                        "decay",
                        "expected above 0 and below 1, found "
                                + decay.map(Object::toString).orElse("none"))
                .atLeast(1, every, "every")
                .require(
                        profiles.stream().allMatch(PowerProfile::isLength)
                                && profiles.stream().distinct().count() == profiles.size(),
                        "profiles",
                        "expected different lengths above 0 and below 0.2887, which is that of the plain mean, found "
                                + profiles)
                .require(
                        decay.isPresent() || !profiles.isEmpty(),
                        "decay",
                        "expected a decay, or profiles, found neither")
                .atLeast(1, snapshots, "snapshots")
                .require(
                        publishes != Published.EMA || decay.isPresent(),
                        "publishes",
                        "expected 'last' without a decay, found 'ema'")
                .throwIfAny();
    }

    /** All averages that are kept. */
    public List<WeightAverage> averages() {
        return Stream.concat(
                        decay.map(WeightAverage.Exponential::new).stream(),
                        profiles.stream().map(WeightAverage.Power::new))
                .collect(Collectors.toUnmodifiableList());
    }

    /** The average that a stage passes on, if it is one. */
    public Optional<WeightAverage> published() {
        return publishes == Published.EMA ? decay.map(WeightAverage.Exponential::new) : Optional.empty();
    }

    /** How many of the newest checkpoints synthesis needs. */
    public int keptSnapshots() {
        return profiles.isEmpty() ? 0 : snapshots;
    }

    /** Whether every checkpoint falls together with a time that averages are brought up to date. */
    boolean isInStepWith(int updates, int checkpointEvery) {
        return every < 1 || (updates % every == 0 && checkpointEvery % every == 0);
    }
}
