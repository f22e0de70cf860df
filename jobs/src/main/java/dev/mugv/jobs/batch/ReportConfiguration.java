package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.alignment.GeneratePreferencesPlanner;
import dev.mugv.steps.alignment.PreferenceLabelling;
import dev.mugv.steps.curation.CaptionClipsPlanner;
import dev.mugv.steps.curation.CheckFiltersPlanner;
import dev.mugv.steps.curation.ClipDeciding;
import dev.mugv.steps.curation.CompareClipsPlanner;
import dev.mugv.steps.curation.CurateVideosPlanner;
import dev.mugv.steps.curation.VideoScreening;
import dev.mugv.steps.evaluation.ArtifactFolders;
import dev.mugv.steps.evaluation.BenchmarkModelPlanner;
import dev.mugv.steps.evaluation.CurationResults;
import dev.mugv.steps.evaluation.EvaluateModelPlanner;
import dev.mugv.steps.evaluation.EvaluateVaePlanner;
import dev.mugv.steps.evaluation.PreferenceResults;
import dev.mugv.steps.evaluation.ReportAssembly;
import dev.mugv.steps.evaluation.RewritePromptsPlanner;
import dev.mugv.steps.evaluation.RunReport;
import dev.mugv.steps.evaluation.StageResults;
import dev.mugv.steps.evaluation.StageTimes;
import dev.mugv.steps.labels.HumanStudy;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelReader;
import dev.mugv.steps.report.DriftRule;
import dev.mugv.steps.training.EncodeLatentsPlanner;
import dev.mugv.steps.training.VaePlanner;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The report of a run, over the catalogs that its steps fill. */
@Configuration(proxyBeanMethods = false)
class ReportConfiguration {
    @Bean
    RunReport runReport(
            PipelineConfiguration configuration,
            PipelineCatalogs catalogs,
            ArtifactStore store,
            PreferenceLabelling labelling,
            Inputs inputs) {
        String run = catalogs.run();
        List<String> steps = steps(configuration);
        StageResults results = new StageResults(
                catalogs.videos(), catalogs.decisions(), catalogs.stages(), new StageTimes(inputs.jdbc()));
        CurationResults curation = new CurationResults(
                catalogs.videos(),
                catalogs.decisions(),
                catalogs.stages(),
                ArtifactFolders.verified(store),
                CurateVideosPlanner.STEP);
        ReportAssembly assembly = new ReportAssembly(
                new ReportAssembly.RunIdentity(
                        run,
                        Sha256.of(Json.bytes(configuration)),
                        steps,
                        new DriftRule(
                                EvaluateJobConfiguration.FINETUNED,
                                EvaluateJobConfiguration.ALIGNED,
                                configuration.evaluate().mostDrift())),
                catalogs.stages(),
                store,
                curation,
                inputs.clock());
        PreferenceResults preferences =
                new PreferenceResults(catalogs.labels(), catalogs.stages(), ArtifactFolders.verified(store));
        return new RunReport(
                assembly,
                () -> results.of(run, steps, VideoScreening.STEP, ClipDeciding.FILTER_STEP),
                () -> preferences.find(run, labelling.origin(), alignSteps(configuration)),
                () -> studies(new LabelReader(inputs.jdbc()), run),
                configuration.workspace());
    }

    /** Blind evaluations that were opened, as far as they are labelled. */
    private static List<HumanStudy> studies(LabelReader labels, String run) {
        return labels.batches(run).stream()
                .filter(batch -> batch.kind() == LabelKind.HUMAN_EVALUATION)
                .map(batch -> HumanStudy.of(labels, batch))
                .toList();
    }

    /** Database and clock. */
    record Inputs(JdbcClient jdbc, Clock clock) {}

    @Bean
    Inputs reportInputs(JdbcClient jdbc, Clock clock) {
        return new Inputs(jdbc, clock);
    }

    private static List<String> alignSteps(PipelineConfiguration configuration) {
        return configuration.align().stages().stream().map(StageNames::align).toList();
    }

    /** Steps that leave something to show, in the order of the pipeline. */
    private static List<String> steps(PipelineConfiguration configuration) {
        List<String> steps = new ArrayList<>(List.of(
                VideoScreening.STEP,
                CurateVideosPlanner.STEP,
                CompareClipsPlanner.STEP,
                CheckFiltersPlanner.STEP,
                ClipDeciding.FILTER_STEP,
                CaptionClipsPlanner.STEP,
                VaePlanner.STEP,
                EncodeLatentsPlanner.STEP));
        if (configuration.pretrain().search().isPresent()) {
            steps.addAll(List.of(StageNames.SEARCH_PROXY, StageNames.CHOOSE_TRIAL));
        }
        steps.addAll(StageNames.curriculum(configuration));
        steps.add(StageNames.FINETUNE);
        steps.add(StageNames.MERGE_CHECKPOINTS);
        steps.add(GeneratePreferencesPlanner.STEP);
        steps.add(StageNames.LABEL_PREFERENCES);
        steps.addAll(StageNames.alignment(configuration));
        steps.add(EvaluateVaePlanner.STEP);
        if (StageNames.rewritesPrompts(configuration)) {
            steps.add(RewritePromptsPlanner.STEP);
        }
        steps.add(EvaluateModelPlanner.STEP);
        steps.add(BenchmarkModelPlanner.STEP);
        return steps;
    }
}
