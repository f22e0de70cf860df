package dev.mugv.steps.training;

import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.ImportedClip;
import dev.mugv.steps.catalog.ImportedClipCatalog;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which imported clips of a run are trained on and which are held out. There are no scores to choose or weigh by: all that is not
 * held out is trained on alike, in finetuning too.
 */
public final class ImportedClips {
    private final ImportedClipCatalog catalog;
    private final EvaluationConfiguration evaluation;
    private final String run;

    public ImportedClips(ImportedClipCatalog catalog, EvaluationConfiguration evaluation, String run) {
        this.catalog = catalog;
        this.evaluation = evaluation;
        this.run = run;
    }

    /** Clips that are trained on. */
    List<WeightedClip> training() {
        List<ImportedClip> all = all();
        Set<String> heldOut = heldOut(all);
        return all.stream()
                .filter(clip -> !heldOut.contains(clip.clipId()))
                .map(clip -> new WeightedClip(clip.clipId(), 1))
                .toList();
    }

    /**
     * The fixed validation grid of a stage.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} naming the shapes there are, when none is the stage's
     */
    ValidationGrid validationGrid(String stage, VideoShape shape) {
        List<ImportedClip> all = all();
        Set<String> heldOut = heldOut(all);
        List<String> ids = all.stream()
                .filter(clip -> clip.shape().equals(shape) && heldOut.contains(clip.clipId()))
                .map(ImportedClip::clipId)
                .toList();
        if (ids.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot plan stage '%s': expected at least two imported latents of shape %s, found %s. Imported latents have one shape each: give the stage one of theirs."
                            .formatted(stage, shape.label(), shapes(all)));
        }
        return new ValidationGrid(ids, shape, evaluation.timesteps(), evaluation.seed());
    }

    /**
     * Of every shape the share that is held out, at least one clip, where there are two: those whose names' hashes come first, so
     * that a clip stays where it is when others come or go.
     */
    private Set<String> heldOut(List<ImportedClip> all) {
        Set<String> heldOut = new HashSet<>();
        all.stream().collect(Collectors.groupingBy(ImportedClip::shape)).forEach((shape, clips) -> {
            long share = Math.max(1, Math.round(evaluation.heldOutShare() * clips.size()));
            clips.stream()
                    .sorted(Comparator.comparing(clip ->
                            Sha256.of((evaluation.seed() + ":" + clip.clipId()).getBytes(StandardCharsets.UTF_8))))
                    .limit(Math.min(share, clips.size() - 1L))
                    .forEach(clip -> heldOut.add(clip.clipId()));
        });
        return heldOut;
    }

    private List<ImportedClip> all() {
        List<ImportedClip> all = catalog.all(run);
        if (all.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train in run '%s': no latents have been imported. Run its job 'encode-latents' first."
                            .formatted(run));
        }
        return all;
    }

    private static String shapes(List<ImportedClip> all) {
        return all.stream()
                .collect(Collectors.groupingBy(
                        clip -> clip.shape().label(), java.util.TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + " of " + entry.getKey())
                .collect(Collectors.joining(", "));
    }
}
