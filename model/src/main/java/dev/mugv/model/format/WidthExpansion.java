package dev.mugv.model.format;

import dev.mugv.model.config.DitSize;

/**
 * Evidence of a width expansion: {@code expansion.json}. Both differences are the largest absolute difference of the two
 * models' outputs on the same seeded input.
 *
 * @param from size of the narrow model
 * @param to size of the wide model
 * @param differenceBeforeNoise against exact copies; rounding only
 * @param differenceAfterNoise against the published weights
 * @param largestOutput largest absolute output of the narrow model, to compare with
 */
public record WidthExpansion(
        DitSize from, DitSize to, double differenceBeforeNoise, double differenceAfterNoise, double largestOutput) {
    public static final String FILE_NAME = "expansion.json";
}
