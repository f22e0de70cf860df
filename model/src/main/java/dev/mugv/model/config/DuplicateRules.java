package dev.mugv.model.config;

/**
 * When two clips show the same material.
 *
 * @param maxDistance largest distance of two fingerprints that still match, as a share of their bits
 * @param minSimilarity smallest cosine of two embeddings that match, where a model of them is configured
 */
public record DuplicateRules(
        @Default("0.2") double maxDistance, @Default("0.95") double minSimilarity) {
    public DuplicateRules {
        new Faults()
                .within(0, 0.5, maxDistance, "maxDistance")
                .within(0.5, 1, minSimilarity, "minSimilarity")
                .throwIfAny();
    }
}
