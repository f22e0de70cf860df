package dev.mugv.model.format;

import dev.mugv.model.format.PreferenceLabels.Pair;
import java.util.List;

/**
 * Pairs that nobody labelled: {@code pairs.json} beside the samples. The real clip wins over what a model made of it.
 *
 * @param pairs over samples of the same artifact
 */
public record ReversedPairs(List<Pair> pairs) {
    public static final String FILE_NAME = "pairs.json";

    public ReversedPairs {
        pairs = List.copyOf(pairs);
    }
}
