package dev.mugv.jobs.batch;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ExpandWidthOrder;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.training.SingleInputPlanner;
import dev.mugv.steps.training.StageRecorder;
import dev.mugv.steps.training.TrainModelPlanner;
import dev.mugv.steps.work.WorkPlanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code pretrain}: the proxy's stages, the width expansion, the full model's stages. */
@Configuration(proxyBeanMethods = false)
class PretrainJobConfiguration {
    static final String JOB = "pretrain";

    @Bean
    StepSequence pretrainingSteps(PipelineConfiguration configuration, PipelineCatalogs catalogs, StepFactory steps) {
        List<Step> sequence = new ArrayList<>();
        Optional<String> initial = Optional.empty();
        for (TrainingStage stage : configuration.pretrain().proxy()) {
            sequence.add(trained(stage, configuration.proxySize(), initial, configuration, catalogs, steps));
            initial = Optional.of(StageNames.pretrain(stage));
        }
        ExpandWidthOrder expansion = new ExpandWidthOrder(
                configuration.model().expansionFactor(),
                new ExpandWidthOrder.CancellingNoise(configuration.model().expansionSnrDb()),
                configuration.model().seed());
        sequence.add(steps.work(
                StageNames.EXPAND_WIDTH,
                new SingleInputPlanner(
                        StageNames.EXPAND_WIDTH,
                        TaskKind.EXPAND_WIDTH,
                        expansion,
                        initial.orElseThrow(),
                        catalogs.inputs(),
                        catalogs.training()),
                recorder(StageNames.EXPAND_WIDTH, catalogs)));
        initial = Optional.of(StageNames.EXPAND_WIDTH);
        for (TrainingStage stage : configuration.pretrain().full()) {
            sequence.add(trained(stage, configuration.fullSize(), initial, configuration, catalogs, steps));
            initial = Optional.of(StageNames.pretrain(stage));
        }
        return new StepSequence(JOB, sequence);
    }

    // Six parameters: three name the stage, three are the surroundings that every step of this class shares.
    private static Step trained(
            TrainingStage stage,
            DitSize size,
            Optional<String> initial,
            PipelineConfiguration configuration,
            PipelineCatalogs catalogs,
            StepFactory steps) {
        String step = StageNames.pretrain(stage);
        WorkPlanner planner = new TrainModelPlanner(
                new TrainModelPlanner.Stage(
                        step,
                        size,
                        () -> new TrainModelOrder.FlowMatching(stage, 0),
                        lastShape(stage),
                        initial,
                        Optional.empty(),
                        () -> catalogs.trainingClips().pretraining()),
                catalogs.inputs(),
                catalogs.trainingClips(),
                configuration.evaluate(),
                catalogs.training());
        return steps.work(step, planner, recorder(step, catalogs));
    }

    static StageRecorder recorder(String step, PipelineCatalogs catalogs) {
        return new StageRecorder(catalogs.stages(), catalogs.run(), step);
    }

    /** What the stage ends with is what it is validated on. */
    static VideoShape lastShape(TrainingStage stage) {
        List<ShapePhase> phases = stage.phases();
        return phases.get(phases.size() - 1).shape();
    }

    @Bean
    Job pretrain(StepSequence pretrainingSteps, JobRepository repository) {
        return pretrainingSteps.build(repository);
    }
}
