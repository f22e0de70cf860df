package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.steps.training.EncodeLatentsPlanner;
import dev.mugv.steps.training.ImportLatentsPlanner;
import dev.mugv.steps.training.ImportedShardRecorder;
import dev.mugv.steps.training.StageRecorder;
import dev.mugv.steps.work.WorkPlanner;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code encode-latents}: latents of every kept clip in every shape, and text features of its caption; or those that are imported. */
@Configuration(proxyBeanMethods = false)
class EncodeLatentsJobConfiguration {
    static final String JOB = "encode-latents";

    @Bean
    StepSequence encodingSteps(PipelineConfiguration configuration, PipelineCatalogs catalogs, StepFactory steps) {
        StageRecorder recorder = new StageRecorder(catalogs.stages(), catalogs.run(), EncodeLatentsPlanner.STEP);
        Optional<Path> imported = configuration.encode().imported();
        return new StepSequence(
                JOB,
                List.of(
                        imported.isPresent()
                                ? steps.work(
                                        EncodeLatentsPlanner.STEP,
                                        new ImportLatentsPlanner(
                                                imported.get(), catalogs.links(), catalogs.arrayElement()),
                                        new ImportedShardRecorder(recorder, catalogs.importedClips(), catalogs.run()))
                                : steps.work(EncodeLatentsPlanner.STEP, encoding(configuration, catalogs), recorder)));
    }

    private static WorkPlanner encoding(PipelineConfiguration configuration, PipelineCatalogs catalogs) {
        return new EncodeLatentsPlanner(
                configuration,
                catalogs.inputs(),
                catalogs.trainingClips(),
                catalogs.decisions(),
                catalogs.arrayElement());
    }

    @Bean
    Job encodeLatents(StepSequence encodingSteps, JobRepository repository) {
        return encodingSteps.build(repository);
    }
}
