package dev.mugv.model.config;

/**
 * When two clips show the same material.
 *
 * @param maxDistance largest distance of two fingerprints that still match, as a share of their bits
 */
public record DuplicateRules(@Default("0.2") double maxDistance) {
    public DuplicateRules {
        new Faults().within(0, 0.5, maxDistance, "maxDistance").throwIfAny();
    }
}
