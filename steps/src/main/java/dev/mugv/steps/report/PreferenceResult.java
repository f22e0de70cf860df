package dev.mugv.steps.report;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How generated samples were labelled, and what alignment made of it.
 *
 * @param labelledBy where the labels come from: the automatic rule in one sentence, or the imported file
 * @param passed samples labelled pass
 * @param failed samples labelled fail
 * @param pairs labelled pairs
 * @param margins how the checkpoints tell preferred from other samples
 */
public record PreferenceResult(String labelledBy, int passed, int failed, List<Pair> pairs, List<Margin> margins) {
    public PreferenceResult {
        pairs = List.copyOf(pairs);
        margins = List.copyOf(margins);
    }

    /**
     * @param prompt the caption of both
     * @param preferred MP4
     * @param other MP4
     * @param reason what decided
     */
    public record Pair(String prompt, Optional<Path> preferred, Optional<Path> other, String reason) {}

    /**
     * @param stage name of the preference stage
     * @param quantity what is stated, such as a margin or an accuracy
     * @param reference value before
     * @param aligned value after
     */
    public record Margin(String stage, String quantity, double reference, double aligned) {}
}
