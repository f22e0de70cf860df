package dev.mugv.steps.report;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What several checkpoints generate from the same conditioning and the same noise.
 *
 * @param prompt the caption
 * @param original the prompt that a service has put into these words
 * @param firstFrame PNG of the frame that was given, for image-to-video
 * @param samples one a checkpoint, in the order of training
 */
public record SampleComparison(
        String prompt, Optional<String> original, Optional<Path> firstFrame, List<Sample> samples) {
    /** One in the words that were given. */
    public SampleComparison(String prompt, Optional<Path> firstFrame, List<Sample> samples) {
        this(prompt, Optional.empty(), firstFrame, samples);
    }

    public SampleComparison {
        samples = List.copyOf(samples);
    }

    /**
     * @param checkpoint name of the checkpoint
     * @param video MP4
     * @param sheet PNG contact sheet
     * @param scores measures of this sample by name
     */
    public record Sample(String checkpoint, Path video, Optional<Path> sheet, SortedMap<String, Double> scores) {
        public Sample {
            scores = Collections.unmodifiableSortedMap(new TreeMap<>(scores));
        }
    }
}
