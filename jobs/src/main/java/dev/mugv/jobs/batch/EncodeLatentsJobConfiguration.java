package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.steps.training.EncodeLatentsPlanner;
import dev.mugv.steps.training.StageRecorder;
import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code encode-latents}: latents of every kept clip in every shape, and text features of its caption. */
@Configuration(proxyBeanMethods = false)
class EncodeLatentsJobConfiguration {
    static final String JOB = "encode-latents";

    @Bean
    StepSequence encodingSteps(PipelineConfiguration configuration, PipelineCatalogs catalogs, StepFactory steps) {
        return new StepSequence(
                JOB,
                List.of(steps.work(
                        EncodeLatentsPlanner.STEP,
                        new EncodeLatentsPlanner(
                                configuration,
                                catalogs.inputs(),
                                catalogs.trainingClips(),
                                catalogs.decisions(),
                                catalogs.arrayElement()),
                        new StageRecorder(catalogs.stages(), catalogs.run(), EncodeLatentsPlanner.STEP))));
    }

    @Bean
    Job encodeLatents(StepSequence encodingSteps, JobRepository repository) {
        return encodingSteps.build(repository);
    }
}
