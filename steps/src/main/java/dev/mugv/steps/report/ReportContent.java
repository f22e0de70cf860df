package dev.mugv.steps.report;

import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.FilterChecks;
import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.steps.labels.HumanStudy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a report says. A part that has nothing to show is an empty list, and its section is left out.
 *
 * @param run which run this is
 * @param stages in the order they ran
 * @param videos what curation found in each video
 * @param filters what filters made of a planted set
 * @param reconstructions how well the VideoVAE reconstructs
 * @param curves losses over updates, one a training stage
 * @param merge which weights became the finetuned model
 * @param samples what the checkpoints generate
 * @param scores measures of the samples, one column a checkpoint
 * @param card VBench's dimensions of the samples, one column a checkpoint
 * @param preferences how samples were labelled
 * @param studies blind evaluations by people
 * @param lineage what was made from what
 * @param search what a search of hyper-parameters tried and found
 */
public record ReportContent(
        RunFacts run,
        List<StageResult> stages,
        List<CuratedVideoResult> videos,
        List<FilterChecks.Check> filters,
        ReconstructionResult reconstructions,
        List<LossCurve> curves,
        Optional<CheckpointMerge> merge,
        List<SampleComparison> samples,
        ScoreTable scores,
        BenchmarkCard card,
        Optional<PreferenceResult> preferences,
        List<HumanStudy> studies,
        List<LineageEntry> lineage,
        Optional<HyperParameterSearch> search) {
    /** Of a run that searched for no hyper-parameters. */
    // Thirteen, as the report has so many chapters.
    public ReportContent(
            RunFacts run,
            List<StageResult> stages,
            List<CuratedVideoResult> videos,
            List<FilterChecks.Check> filters,
            ReconstructionResult reconstructions,
            List<LossCurve> curves,
            Optional<CheckpointMerge> merge,
            List<SampleComparison> samples,
            ScoreTable scores,
            BenchmarkCard card,
            Optional<PreferenceResult> preferences,
            List<HumanStudy> studies,
            List<LineageEntry> lineage) {
        this(
                run,
                stages,
                videos,
                filters,
                reconstructions,
                curves,
                merge,
                samples,
                scores,
                card,
                preferences,
                studies,
                lineage,
                Optional.empty());
    }

    public ReportContent {
        stages = List.copyOf(stages);
        videos = List.copyOf(videos);
        filters = List.copyOf(filters);
        curves = List.copyOf(curves);
        samples = List.copyOf(samples);
        studies = List.copyOf(studies);
        lineage = List.copyOf(lineage);
    }

    /**
     * @param name the run's name
     * @param finishedAt when the last stage ended
     * @param elapsed wall-clock time of the run, over all its interruptions
     * @param configurationSha256 hash of the validated configuration
     * @param codeVersion version of the code that made the artifacts
     */
    public record RunFacts(
            String name, Instant finishedAt, Duration elapsed, String configurationSha256, String codeVersion) {}

    /**
     * A published artifact.
     *
     * @param name what people call it, such as {@code pretrain/stage-1}
     * @param task label of the task that made it
     * @param key its 64-digit key
     * @param manifestSha256 hash of its manifest
     * @param inputs names of the artifacts it was made from
     */
    public record LineageEntry(String name, String task, String key, String manifestSha256, List<String> inputs) {
        public LineageEntry {
            inputs = List.copyOf(inputs);
        }
    }
}
