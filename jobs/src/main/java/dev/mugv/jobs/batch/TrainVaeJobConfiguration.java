package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.steps.training.StageRecorder;
import dev.mugv.steps.training.VaePlanner;
import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code train-vae}: trains the VideoVAE on the kept clips, or imports weights. */
@Configuration(proxyBeanMethods = false)
class TrainVaeJobConfiguration {
    static final String JOB = "train-vae";

    @Bean
    StepSequence vaeSteps(PipelineConfiguration configuration, PipelineCatalogs catalogs, StepFactory steps) {
        return new StepSequence(
                JOB,
                List.of(steps.work(
                        VaePlanner.STEP,
                        new VaePlanner(
                                configuration.vae(),
                                catalogs.trainingClips(),
                                catalogs.links(),
                                catalogs.training(),
                                configuration.parallel().mode()),
                        new StageRecorder(catalogs.stages(), catalogs.run(), VaePlanner.STEP))));
    }

    @Bean
    Job trainVae(StepSequence vaeSteps, JobRepository repository) {
        return vaeSteps.build(repository);
    }
}
