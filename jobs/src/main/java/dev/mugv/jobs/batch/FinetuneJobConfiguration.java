package dev.mugv.jobs.batch;

import dev.mugv.model.config.FinetuningConfiguration;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.steps.curation.ClipDeciding;
import dev.mugv.steps.training.MergeCheckpointsPlanner;
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

/** Job {@code finetune}: SFT on the best clips, then merging of its checkpoints. */
@Configuration(proxyBeanMethods = false)
class FinetuneJobConfiguration {
    static final String JOB = "finetune";

    @Bean
    StepSequence finetuningSteps(
            PipelineConfiguration configuration, PipelineCatalogs catalogs, ClipDeciding deciding, StepFactory steps) {
        FinetuningConfiguration finetune = configuration.finetune();
        WorkPlanner training = new TrainModelPlanner(
                new TrainModelPlanner.Stage(
                        StageNames.FINETUNE,
                        configuration.fullSize(),
                        () -> new TrainModelOrder.FlowMatching(finetune.stage(), finetune.mergedCheckpoints()),
                        PretrainJobConfiguration.lastShape(finetune.stage()),
                        Optional.of(StageNames.lastPretrain(configuration)),
                        List.of(),
                        () -> catalogs.trainingClips().finetuning()),
                catalogs.inputs(),
                catalogs.trainingClips(),
                configuration.evaluate(),
                catalogs.training(),
                configuration.parallel().mode());
        WorkPlanner merging = new MergeCheckpointsPlanner(
                new MergeCheckpointsPlanner.Steps(StageNames.MERGE_CHECKPOINTS, StageNames.FINETUNE),
                finetune,
                configuration.evaluate(),
                catalogs.inputs(),
                catalogs.trainingClips(),
                catalogs.training());
        List<Step> sequence = new ArrayList<>();
        if (finetune.review().isPresent()) {
            String run = catalogs.run();
            sequence.add(steps.asking(ClipDeciding.REVIEW_STEP, () -> deciding.review(run)));
        }
        sequence.add(steps.work(
                StageNames.FINETUNE, training, PretrainJobConfiguration.recorder(StageNames.FINETUNE, catalogs)));
        sequence.add(steps.work(
                StageNames.MERGE_CHECKPOINTS,
                merging,
                PretrainJobConfiguration.recorder(StageNames.MERGE_CHECKPOINTS, catalogs)));
        return new StepSequence(JOB, sequence);
    }

    @Bean
    Job finetune(StepSequence finetuningSteps, JobRepository repository) {
        return finetuningSteps.build(repository);
    }
}
