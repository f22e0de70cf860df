package dev.mugv.model.config;

/**
 * Weights of training clips by their tags.
 *
 * @param power 0 leaves all clips equal, 1 gives every tag the same share
 */
public record Balancing(@Default("0.5") double power) {
    public Balancing {
        new Faults().within(0, 1, power, "power").throwIfAny();
    }
}
