package dev.mugv.model.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How samples come to updates, and updates to ranks.
 *
 * @param order in which samples are shown
 * @param costs of all shapes of the stage, images too; with them, the samples of an update go to its slots so that ranks finish
 *     together; without any, as they are drawn
 */
public record Batching(
        @Default("draws") Order order, @Default("[]") List<ShapeCost> costs) {
    /** As samples are drawn where nothing is said. */
    public static final Batching DRAWS = new Batching(Order.DRAWS, List.of());

    /** In which samples are shown. */
    public enum Order {
        /** Drawn with replacement, by the clips' weights. */
        DRAWS,
        /**
         * Every clip in every shape of the phase once an epoch, in an order of its own each time. Neither the clips' weights nor
         * the shares of a phase's shapes count.
         */
        EPOCHS
    }

    public Batching {
        costs = List.copyOf(costs);
        Set<VideoShape> shapes = new HashSet<>();
        Optional<VideoShape> twice = costs.stream()
                .map(ShapeCost::shape)
                .filter(shape -> !shapes.add(shape))
                .findFirst();
        new Faults()
                .require(
                        twice.isEmpty(),
                        "costs",
                        "expected every shape once, found again "
                                + twice.map(VideoShape::label).orElse(""))
                .throwIfAny();
    }

    /** Seconds of a sample of this shape, if it was measured. */
    public Optional<Double> cost(VideoShape shape) {
        return costs.stream()
                .filter(cost -> cost.shape().equals(shape))
                .map(ShapeCost::seconds)
                .findFirst();
    }
}
