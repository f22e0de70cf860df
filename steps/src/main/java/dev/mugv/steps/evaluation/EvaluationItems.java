package dev.mugv.steps.evaluation;

import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.alignment.GeneratePreferencesPlanner.Captions;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.training.TrainingClips;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What every checkpoint of a run is asked to generate. */
public final class EvaluationItems {
    private static final int DIGITS = 12;

    private final EvaluationConfiguration evaluation;
    private final TrainingClips clips;
    private final Captions captions;
    private final PromptWordings wordings;

    public EvaluationItems(
            EvaluationConfiguration evaluation, TrainingClips clips, Captions captions, PromptWordings wordings) {
        this.wordings = wordings;
        this.evaluation = evaluation;
        this.clips = clips;
        this.captions = captions;
    }

    /** Image to video from clips that were not trained on, then from others while more are asked; then the prompts. */
    public List<GenerationItem> items() {
        Map<String, String> captionByClip = captions.byClip();
        List<GenerationItem> items = new ArrayList<>();
        candidates().stream()
                .limit(evaluation.imageToVideo())
                .forEach(clip -> items.add(new GenerationItem(
                        clip.clipId(), captionByClip.getOrDefault(clip.clipId(), ""), Optional.of(clip.source()))));
        Map<String, RewrittenPrompt> rewritten = wordings.byOriginal(EvaluateModelPlanner.STEP);
        for (String prompt : evaluation.prompts()) {
            items.add(item(prompt, Optional.ofNullable(rewritten.get(prompt))));
        }
        return items;
    }

    /** Other words make another sample, and two prompts may come to be the same. */
    private static GenerationItem item(String prompt, Optional<RewrittenPrompt> rewriting) {
        return rewriting
                .map(found -> new GenerationItem(
                        nameOf(prompt + "\n" + found.rewritten()), found.rewritten(), Optional.empty(), rewriting))
                .orElseGet(() -> new GenerationItem(nameOf(prompt), prompt, Optional.empty()));
    }

    /** By content: where a prompt stands in the list decides neither its noise nor whether its sample is made anew. */
    static String nameOf(String prompt) {
        return "prompt-" + Sha256.of(prompt.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
    }

    /** Clips that samples may be compared with: those that were not trained on first. */
    List<ClipSource> realVideos() {
        return candidates().stream()
                .map(CatalogedClip::source)
                .filter(clip -> clip.isLongEnoughFor(evaluation.shape()))
                .limit(evaluation.benchmark().realVideos())
                .toList();
    }

    private Set<CatalogedClip> candidates() {
        Set<CatalogedClip> candidates = new LinkedHashSet<>(clips.heldOut(evaluation.shape()));
        candidates.addAll(clips.all());
        return candidates;
    }
}
