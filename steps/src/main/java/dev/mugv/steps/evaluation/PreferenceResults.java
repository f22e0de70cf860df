package dev.mugv.steps.evaluation;

import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.PreferenceLabels.Absolute;
import dev.mugv.model.format.PreferenceLabels.Verdict;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.run.Json;
import dev.mugv.steps.alignment.GeneratePreferencesPlanner;
import dev.mugv.steps.catalog.LabelCatalog;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.report.PreferenceResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How samples were labelled, and how the aligned models tell preferred from other samples. */
public final class PreferenceResults {
    private static final String MARGIN = "preference-margin";
    private static final String SHARE = "preferred-share";

    private final LabelCatalog labels;
    private final StageCatalog stages;
    private final ArtifactFolders folders;

    public PreferenceResults(LabelCatalog labels, StageCatalog stages, ArtifactFolders folders) {
        this.labels = labels;
        this.stages = stages;
        this.folders = folders;
    }

    /**
     * The preferences of a run; empty when nothing is labelled.
     *
     * @param labelledBy where the labels come from, in words for people
     * @param alignSteps preference stages in order
     */
    public Optional<PreferenceResult> find(String run, String labelledBy, List<String> alignSteps) {
        PreferenceLabels all = labels.labels(run);
        if (all.pairs().isEmpty() && all.absolutes().isEmpty()) {
            return Optional.empty();
        }
        int passed = (int) all.absolutes().stream()
                .map(Absolute::verdict)
                .filter(verdict -> verdict == Verdict.PASS)
                .count();
        Map<String, Shown> shown = shown(run);
        List<PreferenceResult.Pair> pairs = all.pairs().stream()
                .map(pair -> new PreferenceResult.Pair(
                        prompt(shown, pair.winner()),
                        video(shown, pair.winner()),
                        video(shown, pair.loser()),
                        labelledBy))
                .toList();
        return Optional.of(new PreferenceResult(
                labelledBy, passed, all.absolutes().size() - passed, pairs, margins(run, alignSteps)));
    }

    private record Shown(String prompt, Path video) {}

    private static String prompt(Map<String, Shown> shown, String sampleId) {
        Shown sample = shown.get(sampleId);
        return sample == null ? "" : sample.prompt();
    }

    private static Optional<Path> video(Map<String, Shown> shown, String sampleId) {
        return Optional.ofNullable(shown.get(sampleId)).map(Shown::video).filter(Files::exists);
    }

    private Map<String, Shown> shown(String run) {
        Map<String, Shown> shown = new HashMap<>();
        for (StageArtifact artifact : stages.artifacts(run, GeneratePreferencesPlanner.STEP)) {
            Path folder = folders.of(artifact.ref());
            Json.read(folder.resolve(PreferenceSamples.FILE_NAME), PreferenceSamples.class)
                    .samples()
                    .forEach(sample -> shown.put(
                            sample.sampleId(),
                            new Shown(sample.caption(), folder.resolve("videos/" + sample.sampleId() + ".mp4"))));
        }
        return shown;
    }

    /** The reference's own margin is zero, and it prefers neither: both quantities are differences to it. */
    private List<PreferenceResult.Margin> margins(String run, List<String> alignSteps) {
        List<PreferenceResult.Margin> margins = new ArrayList<>();
        for (String step : alignSteps) {
            Map<String, Double> figures = stages.figures(run, step);
            for (String quantity : List.of(MARGIN, SHARE)) {
                Double value = figures.get(quantity);
                if (value != null) {
                    margins.add(new PreferenceResult.Margin(step, quantity, quantity.equals(MARGIN) ? 0 : 0.5, value));
                }
            }
        }
        return margins;
    }
}
