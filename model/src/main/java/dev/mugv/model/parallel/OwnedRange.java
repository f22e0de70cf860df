package dev.mugv.model.parallel;

import dev.mugv.model.tensor.ParameterShape;

/**
 * Consecutive elements of a parameter whose optimizer state is a rank's own. The ranges of all ranks cover every element once.
 *
 * @param parameter which one
 * @param first index of the first element, row-major
 * @param count how many, at least 1
 */
public record OwnedRange(ParameterShape parameter, long first, long count) {
    /** Whether this is all of the parameter. */
    public boolean isWhole() {
        return count == parameter.size();
    }
}
