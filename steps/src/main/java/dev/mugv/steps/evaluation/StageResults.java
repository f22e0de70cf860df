package dev.mugv.steps.evaluation;

import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.report.StageResult;
import dev.mugv.steps.report.StageResult.Counts;
import dev.mugv.steps.report.StageResult.FirstAndLast;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Results of each stage of a run, from the catalogs. */
public final class StageResults {
    /** Figures shown as losses, and those that say nothing to a reader of the summary. */
    private static final List<String> NOT_SCORES = List.of(
            "first-training-loss",
            "last-training-loss",
            "first-validation-loss",
            "last-validation-loss",
            "seconds-per-update");

    private final VideoCatalog videos;
    private final DecisionCatalog decisions;
    private final StageCatalog stages;
    private final StageTimes times;

    public StageResults(VideoCatalog videos, DecisionCatalog decisions, StageCatalog stages, StageTimes times) {
        this.videos = videos;
        this.decisions = decisions;
        this.stages = stages;
        this.times = times;
    }

    /**
     * One result a step.
     *
     * @param steps the pipeline's steps in order
     * @param scanStep the step that screens videos
     * @param filterStep the step that decides about clips
     */
    public List<StageResult> of(String run, List<String> steps, String scanStep, String filterStep) {
        Map<String, Duration> elapsed = times.byStep(run);
        List<StageResult> results = new ArrayList<>();
        for (String step : steps) {
            Optional<Counts> counts = Optional.empty();
            if (step.equals(scanStep)) {
                counts = Optional.of(videoCounts(run));
            } else if (step.equals(filterStep)) {
                counts = Optional.of(clipCounts(run));
            }
            results.add(result(run, step, elapsed.getOrDefault(step, Duration.ZERO), counts));
        }
        return results;
    }

    private StageResult result(String run, String step, Duration elapsed, Optional<Counts> counts) {
        SortedMap<String, Double> figures = stages.figures(run, step);
        SortedMap<String, Double> scores = new TreeMap<>(figures);
        NOT_SCORES.forEach(scores::remove);
        List<StageArtifact> artifacts = stages.artifacts(run, step);
        return new StageResult(
                step,
                elapsed,
                counts,
                losses(figures, "training-loss"),
                losses(figures, "validation-loss"),
                scores,
                artifacts.size() == 1 ? artifacts.get(0).ref().key().substring(0, 16) : "");
    }

    private static Optional<FirstAndLast> losses(SortedMap<String, Double> figures, String name) {
        Double first = figures.get("first-" + name);
        Double last = figures.get("last-" + name);
        return first == null || last == null ? Optional.empty() : Optional.of(new FirstAndLast(first, last));
    }

    private Counts videoCounts(String run) {
        List<SourceVideo> all = videos.all(run);
        Map<String, Long> rejected = all.stream()
                .filter(video -> video.state() != SourceVideo.State.ADMITTED)
                .collect(Collectors.groupingBy(
                        video -> video.state().name().toLowerCase(java.util.Locale.ROOT), Collectors.counting()));
        long lost = rejected.values().stream().mapToLong(Long::longValue).sum();
        return Counts.of("videos", all.size(), all.size() - lost, rejected);
    }

    private Counts clipCounts(String run) {
        List<ClipDecision> all = decisions.decisions(run);
        Map<String, Long> rejected = all.stream()
                .filter(decision -> !decision.isKept())
                .collect(Collectors.groupingBy(ClipDecision::reason, Collectors.counting()));
        long kept = all.stream().filter(ClipDecision::isKept).count();
        return Counts.of("clips", all.size(), kept, rejected);
    }

    /** Decisions by clip. */
    Map<String, ClipDecision> decisionsByClip(String run) {
        return decisions.decisions(run).stream().collect(Collectors.toMap(ClipDecision::clipId, Function.identity()));
    }
}
