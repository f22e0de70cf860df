package dev.mugv.steps.report;

import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.ValidationCells;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An evaluation and the folder of the artifact whose files it names.
 *
 * @param evaluation what was found
 * @param cells the losses that its losses are means of
 * @param originals prompts as they were given, by the name of the item that a service has put into other words
 * @param folder where its videos and pictures lie
 */
public record PublishedEvaluation(
        ModelEvaluation evaluation, Optional<ValidationCells> cells, Map<String, String> originals, Path folder) {
    /** One of which nothing is known but means. */
    public PublishedEvaluation(ModelEvaluation evaluation, Path folder) {
        this(evaluation, Optional.empty(), Map.of(), folder);
    }

    /**
     * Puts side by side what several checkpoints made of the same item: one comparison an item, in the order in which items
     * first appear, each with its samples in the order of the evaluations.
     */
    public static List<SampleComparison> compare(List<PublishedEvaluation> published) {
        Map<String, SampleComparison> comparisons = new LinkedHashMap<>();
        for (PublishedEvaluation one : published) {
            for (ModelEvaluation.Sample sample : one.evaluation.samples()) {
                comparisons.merge(sample.sampleId(), one.comparison(sample), PublishedEvaluation::joined);
            }
        }
        return List.copyOf(comparisons.values());
    }

    private SampleComparison comparison(ModelEvaluation.Sample sample) {
        Optional<Path> firstFrame =
                sample.firstFrame().isEmpty() ? Optional.empty() : Optional.of(folder.resolve(sample.firstFrame()));
        return new SampleComparison(
                sample.prompt(),
                Optional.ofNullable(originals.get(sample.item())),
                firstFrame,
                List.of(new SampleComparison.Sample(
                        evaluation.checkpoint(),
                        folder.resolve(sample.video()),
                        Optional.of(folder.resolve(sample.sheet())),
                        new TreeMap<>(sample.scores()))));
    }

    private static SampleComparison joined(SampleComparison one, SampleComparison other) {
        List<SampleComparison.Sample> samples = new ArrayList<>(one.samples());
        samples.addAll(other.samples());
        return new SampleComparison(one.prompt(), one.original(), one.firstFrame(), samples);
    }
}
