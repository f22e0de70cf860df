package dev.mugv.jobs.batch;

import dev.mugv.model.config.AnnotationRequest;
import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.evaluation.ArtifactFolders;
import dev.mugv.steps.evaluation.BenchmarkModelPlanner;
import dev.mugv.steps.evaluation.DriftJudgement;
import dev.mugv.steps.evaluation.EarlierEvaluations;
import dev.mugv.steps.evaluation.EarlierWork;
import dev.mugv.steps.evaluation.EvaluateModelPlanner;
import dev.mugv.steps.evaluation.EvaluateVaePlanner;
import dev.mugv.steps.evaluation.EvaluatedCheckpoint;
import dev.mugv.steps.evaluation.EvaluationItems;
import dev.mugv.steps.evaluation.EvaluationRecorder;
import dev.mugv.steps.evaluation.PromptWordings;
import dev.mugv.steps.evaluation.RewritePromptsPlanner;
import dev.mugv.steps.evaluation.RunReport;
import dev.mugv.steps.labels.LabelAnswers;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelQuestion;
import dev.mugv.steps.provenance.ReportLineage;
import dev.mugv.steps.training.VaePlanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code evaluate}: reconstruction, validation loss, samples and scores of the checkpoints, and the report. */
@Configuration(proxyBeanMethods = false)
class EvaluateJobConfiguration {
    static final String JOB = "evaluate";
    /** The model before alignment, and after it. */
    static final String FINETUNED = "finetuned";

    static final String ALIGNED = "aligned";
    private static final String WRITE_REPORT = "write-report";

    @Bean
    // Seven parameters: the configuration, and the surroundings of its steps.
    StepSequence evaluationSteps(
            PipelineConfiguration configuration,
            PipelineCatalogs catalogs,
            ArtifactStore store,
            RunReport report,
            ReportLineage lineage,
            People people,
            StepFactory steps) {
        EvaluationItems items = new EvaluationItems(
                configuration.evaluate(),
                catalogs.trainingClips(),
                catalogs.captions(),
                new PromptWordings(configuration.evaluate(), catalogs.inputs(), ArtifactFolders.verified(store)));
        Step vae = steps.work(
                EvaluateVaePlanner.STEP,
                new EvaluateVaePlanner(
                        new EvaluateVaePlanner.Subject(
                                configuration.evaluate().shape(),
                                configuration.vae(),
                                VaePlanner.STEP,
                                catalogs.links()),
                        catalogs.inputs(),
                        catalogs.trainingClips(),
                        catalogs.arrayElement()),
                new EvaluationRecorder(catalogs.stages(), catalogs.run(), EvaluateVaePlanner.STEP));
        Step models = steps.work(
                EvaluateModelPlanner.STEP,
                new EvaluateModelPlanner(
                        configuration.evaluate(),
                        new EvaluateModelPlanner.Subject(
                                catalogs.inputs(),
                                catalogs.latents(),
                                configuration.text(),
                                checkpoints(configuration),
                                VaePlanner.STEP,
                                shapes(configuration),
                                new EarlierEvaluations(
                                        catalogs.stages(),
                                        catalogs.run(),
                                        store,
                                        () -> new CodeVersion().of(TaskKind.EVALUATE_MODEL))),
                        catalogs.trainingClips(),
                        items,
                        catalogs.arrayElement()),
                new EvaluationRecorder(catalogs.stages(), catalogs.run(), EvaluateModelPlanner.STEP));
        Step benchmarks = steps.work(
                BenchmarkModelPlanner.STEP,
                new BenchmarkModelPlanner(
                        configuration.evaluate(),
                        checkpoints(configuration),
                        items,
                        new BenchmarkModelPlanner.Sources(catalogs.stages(), catalogs.run(), catalogs.links()),
                        catalogs.arrayElement()),
                new EvaluationRecorder(catalogs.stages(), catalogs.run(), BenchmarkModelPlanner.STEP));
        List<Step> sequence = new ArrayList<>(List.of(vae));
        if (StageNames.rewritesPrompts(configuration)) {
            sequence.add(rewriting(configuration, catalogs, store, steps));
        }
        sequence.addAll(List.of(
                models,
                benchmarks,
                steps.asking(
                        WRITE_REPORT,
                        () -> {
                            Optional<LabelAnswers.Waiting> waiting = configuration
                                    .evaluate()
                                    .humanStudy()
                                    .flatMap(asked -> study(asked, catalogs.run(), people));
                            // Written before people have judged as well: the study may take days.
                            RunReport.Written written = report.write();
                            lineage.record(catalogs.run(), written.page());
                            catalogs.alarms().replace(catalogs.run(), written.alarms());
                            return waiting;
                        },
                        // After the commit: a job that fails by its alarms has them noted.
                        () -> DriftJudgement.require(
                                configuration.evaluate().onDrift(),
                                catalogs.alarms().of(catalogs.run())))));
        return new StepSequence(JOB, sequence);
    }

    private static Step rewriting(
            PipelineConfiguration configuration, PipelineCatalogs catalogs, ArtifactStore store, StepFactory steps) {
        EvaluationConfiguration evaluation = configuration.evaluate();
        EarlierWork earlier = new EarlierWork(
                catalogs.stages(),
                new EarlierWork.Place(catalogs.run(), RewritePromptsPlanner.STEP),
                store,
                () -> new CodeVersion().of(TaskKind.REWRITE_PROMPTS));
        return steps.work(
                RewritePromptsPlanner.STEP,
                new RewritePromptsPlanner(
                        evaluation.prompts(), evaluation.rewriter().orElseThrow(), earlier, catalogs.arrayElement()),
                new EvaluationRecorder(catalogs.stages(), catalogs.run(), RewritePromptsPlanner.STEP));
    }

    /** Asks for the blind evaluation of all videos of the checkpoints. */
    private static Optional<LabelAnswers.Waiting> study(AnnotationRequest asked, String run, People people) {
        LabelQuestion question = new LabelQuestion(
                LabelKind.HUMAN_EVALUATION,
                "study",
                asked,
                LabelQuestion.Reuse.WHOLE_BATCHES,
                people.sources().shown(run, LabelKind.HUMAN_EVALUATION, EvaluateModelPlanner.STEP));
        return people.requests().ask(WRITE_REPORT, List.of(question)) instanceof LabelAnswers.Waiting waiting
                ? Optional.of(waiting)
                : Optional.empty();
    }

    /** Every length and size that a stage of the full model ends with: how a checkpoint does at each of them is a row of its own. */
    private static List<VideoShape> shapes(PipelineConfiguration configuration) {
        return Stream.concat(
                        configuration.pretrain().full().stream(),
                        Stream.of(configuration.finetune().stage()))
                .map(PretrainJobConfiguration::lastShape)
                .distinct()
                .toList();
    }

    /** The three models that people compare: before finetuning, after it, and aligned. */
    static List<EvaluatedCheckpoint> checkpoints(PipelineConfiguration configuration) {
        return List.of(
                new EvaluatedCheckpoint("pretrained", StageNames.lastPretrain(configuration)),
                new EvaluatedCheckpoint(FINETUNED, StageNames.MERGE_CHECKPOINTS),
                new EvaluatedCheckpoint(ALIGNED, StageNames.lastAlign(configuration)));
    }

    @Bean
    Job evaluate(StepSequence evaluationSteps, JobRepository repository) {
        return evaluationSteps.build(repository);
    }
}
