package dev.mugv.jobs.batch;

import dev.mugv.model.config.AlignmentConfiguration;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.steps.alignment.GeneratePreferencesPlanner;
import dev.mugv.steps.alignment.MajorityPreferences;
import dev.mugv.steps.alignment.PreferenceLabelling;
import dev.mugv.steps.alignment.ReverseSamplePlanner;
import dev.mugv.steps.labels.LabelAnswers;
import dev.mugv.steps.provenance.LabelLineage;
import dev.mugv.steps.training.TrainModelPlanner;
import dev.mugv.steps.training.VaePlanner;
import dev.mugv.steps.work.WorkPlanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code align}: samples of the SFT model, their labels, preference stages. */
@Configuration(proxyBeanMethods = false)
class AlignJobConfiguration {
    static final String JOB = "align";

    @Bean
    PreferenceLabelling preferenceLabelling(
            PipelineConfiguration configuration, RunIdentity identity, PipelineCatalogs catalogs, People people) {
        return new PreferenceLabelling(
                configuration.align().labels(),
                identity.workspace(),
                catalogs.inputs(),
                new PreferenceLabelling.Catalogs(catalogs.labels(), catalogs.stages()),
                new MajorityPreferences(
                        people.requests(),
                        people.sources(),
                        configuration.align().stages()));
    }

    @Bean
    StepSequence alignmentSteps(
            PipelineConfiguration configuration,
            PipelineCatalogs catalogs,
            PreferenceLabelling labelling,
            LabelLineage lineage,
            StepFactory steps) {
        List<Step> sequence = new ArrayList<>();
        WorkPlanner sampling = new GeneratePreferencesPlanner(
                configuration.align(),
                new GeneratePreferencesPlanner.Sources(
                        catalogs.inputs(),
                        catalogs.latents(),
                        configuration.text(),
                        StageNames.MERGE_CHECKPOINTS,
                        VaePlanner.STEP),
                catalogs.trainingClips(),
                catalogs.captions(),
                catalogs.arrayElement());
        sequence.add(steps.work(
                GeneratePreferencesPlanner.STEP,
                sampling,
                PretrainJobConfiguration.recorder(GeneratePreferencesPlanner.STEP, catalogs)));
        sequence.add(steps.asking(StageNames.LABEL_PREFERENCES, () -> label(catalogs, labelling, lineage)));
        String initial = StageNames.MERGE_CHECKPOINTS;
        for (PreferenceTraining stage : configuration.align().stages()) {
            if (stage.reverses()) {
                sequence.add(reversed(stage, initial, configuration, catalogs, steps));
            }
            sequence.add(aligned(stage, initial, configuration, catalogs, labelling, steps));
            initial = StageNames.align(stage);
        }
        return new StepSequence(JOB, sequence);
    }

    private static Optional<LabelAnswers.Waiting> label(
            PipelineCatalogs catalogs, PreferenceLabelling labelling, LabelLineage lineage) {
        String run = catalogs.run();
        PreferenceLabelling.Outcome outcome = labelling.label(run, StageNames.LABEL_PREFERENCES);
        if (outcome instanceof PreferenceLabelling.Outcome.Waiting waiting) {
            return Optional.of(waiting.answers());
        }
        lineage.record(
                catalogs.labels().labels(run),
                new LabelLineage.LabelsFile(labelling.file(run).sha256(), labelling.origin()),
                ((PreferenceLabelling.Outcome.Labelled) outcome).evidence(),
                catalogs.inputs().all(GeneratePreferencesPlanner.STEP, StageNames.LABEL_PREFERENCES));
        return Optional.empty();
    }

    private static Step reversed(
            PreferenceTraining stage,
            String initial,
            PipelineConfiguration configuration,
            PipelineCatalogs catalogs,
            StepFactory steps) {
        String step = StageNames.reverse(stage);
        WorkPlanner planner = new ReverseSamplePlanner(
                configuration.align(),
                new ReverseSamplePlanner.Subject(step, catalogs.inputs(), initial),
                catalogs.trainingClips(),
                catalogs.captions(),
                catalogs.arrayElement());
        return steps.work(step, planner, PretrainJobConfiguration.recorder(step, catalogs));
    }

    // Six parameters: two name the stage, four are the surroundings that every step of this class shares.
    private static Step aligned(
            PreferenceTraining stage,
            String initial,
            PipelineConfiguration configuration,
            PipelineCatalogs catalogs,
            PreferenceLabelling labelling,
            StepFactory steps) {
        AlignmentConfiguration alignment = configuration.align();
        String step = StageNames.align(stage);
        WorkPlanner planner = new TrainModelPlanner(
                new TrainModelPlanner.Stage(
                        step,
                        configuration.fullSize(),
                        () -> preference(stage, alignment, labelling, catalogs.run()),
                        alignment.shape(),
                        Optional.of(initial),
                        samples(stage),
                        () -> catalogs.trainingClips().pretraining()),
                catalogs.inputs(),
                catalogs.trainingClips(),
                configuration.evaluate(),
                catalogs.training(),
                configuration.parallel().mode());
        return steps.work(step, planner, PretrainJobConfiguration.recorder(step, catalogs));
    }

    /** Steps that make what a stage learns preferences from. */
    private static List<String> samples(PreferenceTraining stage) {
        List<String> from = new ArrayList<>();
        if (stage.isLabelled()) {
            from.add(GeneratePreferencesPlanner.STEP);
        }
        if (stage.reverses()) {
            from.add(StageNames.reverse(stage));
        }
        return from;
    }

    private static TrainModelOrder.Preference preference(
            PreferenceTraining stage, AlignmentConfiguration alignment, PreferenceLabelling labelling, String run) {
        PreferenceLabelling.LabelsFile labels =
                stage.isLabelled() ? labelling.file(run) : new PreferenceLabelling.LabelsFile("", "");
        return new TrainModelOrder.Preference(
                stage, alignment.shape(), alignment.firstFrameShare(), labels.path(), labels.sha256());
    }

    @Bean
    Job align(StepSequence alignmentSteps, JobRepository repository) {
        return alignmentSteps.build(repository);
    }
}
