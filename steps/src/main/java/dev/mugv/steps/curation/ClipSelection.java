package dev.mugv.steps.curation;

import dev.mugv.model.run.Sha256;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCaption;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DuplicatePair;
import dev.mugv.steps.catalog.FinetuneChoice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The decisions about clips as pure functions of kept scores, so that thresholds can be changed without measuring again
 * (mugv.md, sections 1.1 and 1.2).
 */
public final class ClipSelection {
    /** Scores whose ranks make up the composite score; a clip lacking one is refused by {@link CatalogedClip#score}. */
    static final List<String> COMPOSITE_SCORES = List.of("aesthetic", "sharpness", "motion");

    private final SelectionRules rules;

    public ClipSelection(SelectionRules rules) {
        this.rules = rules;
    }

    /** The decisions of {@link ClipFiltering} by these rules' filters. */
    public List<ClipDecision> filter(List<CatalogedClip> clips, List<DuplicatePair> duplicates) {
        return new ClipFiltering(rules.filters()).decide(clips, duplicates);
    }

    /**
     * Weights the kept clips by their tags, holds some out for validation and chooses those for finetuning.
     *
     * @param decisions of {@link #filter}
     * @param clips every clip
     * @param captions of the kept clips
     */
    public List<ClipDecision> balance(
            List<ClipDecision> decisions, List<CatalogedClip> clips, List<ClipCaption> captions) {
        return balance(decisions, clips, captions, Map.of());
    }

    /**
     * The same, with what people said of clips: those that they rejected are not finetuned on, whatever their scores, and no
     * other takes their place.
     *
     * @param rejections why annotators rejected a clip, by its id
     */
    public List<ClipDecision> balance(
            List<ClipDecision> decisions,
            List<CatalogedClip> clips,
            List<ClipCaption> captions,
            Map<String, String> rejections) {
        Map<String, CatalogedClip> clipById =
                clips.stream().collect(Collectors.toMap(CatalogedClip::clipId, Function.identity()));
        List<String> kept = decisions.stream()
                .filter(ClipDecision::isKept)
                .map(ClipDecision::clipId)
                .toList();
        Set<String> heldOut = heldOut(kept.stream().map(clipById::get).toList());
        List<String> training =
                kept.stream().filter(id -> !heldOut.contains(id)).toList();
        Map<String, Double> weights = weights(training, captions);
        Map<String, Double> composites =
                composites(training.stream().map(clipById::get).toList());
        Set<String> best = best(composites);
        Map<String, List<String>> tags =
                captions.stream().collect(Collectors.toMap(ClipCaption::clipId, ClipCaption::tags));
        return decisions.stream()
                .map(decision -> {
                    String id = decision.clipId();
                    double weight = weights.getOrDefault(id, 1.0);
                    String rejection = rejections.getOrDefault(id, "");
                    return new ClipDecision(
                            id,
                            decision.reason(),
                            decision.detail(),
                            weight,
                            heldOut.contains(id),
                            best.contains(id) && rejection.isEmpty(),
                            new FinetuneChoice(
                                    composites.getOrDefault(id, 0.0),
                                    weight * rules.groupWeight(tags.getOrDefault(id, List.of())),
                                    rejection));
                })
                .toList();
    }

    /** At least one and never all, chosen by a hash so that adding clips moves no other clip. */
    private Set<String> heldOut(List<CatalogedClip> kept) {
        if (kept.size() < 2 || rules.heldOutShare() == 0) {
            return Set.of();
        }
        int count = (int) Math.min(kept.size() - 1, Math.max(1, Math.round(kept.size() * rules.heldOutShare())));
        return kept.stream()
                .sorted(Comparator.comparing((CatalogedClip clip) -> clip.seconds() < rules.heldOutSeconds())
                        .thenComparing(clip -> Sha256.of(
                                ("held-out:" + rules.seed() + ":" + clip.clipId()).getBytes(StandardCharsets.UTF_8))))
                .limit(count)
                .map(CatalogedClip::clipId)
                .collect(Collectors.toSet());
    }

    /** Weight of a clip: the mean over its tags of (1 / clips with that tag)^power; scaled to a mean of 1. */
    private Map<String, Double> weights(List<String> training, List<ClipCaption> captions) {
        Set<String> ids = Set.copyOf(training);
        List<ClipCaption> counted =
                captions.stream().filter(c -> ids.contains(c.clipId())).toList();
        Map<String, Integer> clipsWithTag = new HashMap<>();
        counted.forEach(c -> c.tags().stream().distinct().forEach(tag -> clipsWithTag.merge(tag, 1, Integer::sum)));
        Map<String, Double> weights = new HashMap<>();
        for (ClipCaption caption : counted) {
            double weight = caption.tags().stream()
                    .distinct()
                    .mapToDouble(tag -> Math.pow(clipsWithTag.getOrDefault(tag, 1), -rules.balancePower()))
                    .average()
                    .orElse(1);
            weights.put(caption.clipId(), weight);
        }
        double mean = weights.values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(1);
        weights.replaceAll((id, weight) -> weight / mean);
        return weights;
    }

    /** The mean rank over {@link #COMPOSITE_SCORES}, 0 for the worst in all to 1 for the best in all. */
    private static Map<String, Double> composites(List<CatalogedClip> training) {
        Map<String, Double> rankSums = new HashMap<>();
        for (String score : COMPOSITE_SCORES) {
            List<CatalogedClip> rising = new ArrayList<>(training);
            ToDoubleFunction<CatalogedClip> value = clip -> clip.score(score);
            rising.sort(Comparator.comparingDouble(value).thenComparing(CatalogedClip::clipId));
            for (int rank = 0; rank < rising.size(); rank++) {
                rankSums.merge(rising.get(rank).clipId(), (double) rank, Double::sum);
            }
        }
        double most = Math.max(1, COMPOSITE_SCORES.size() * (training.size() - 1.0));
        rankSums.replaceAll((id, sum) -> sum / most);
        return rankSums;
    }

    /** The best share by composite score, at least one. */
    private Set<String> best(Map<String, Double> composites) {
        long count = Math.max(1, Math.round(composites.size() * rules.finetuneShare()));
        return composites.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(count)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
