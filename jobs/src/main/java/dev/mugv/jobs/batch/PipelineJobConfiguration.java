package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code pipeline}: the steps of all jobs in order, as one execution, so that there is one thing to resume. */
@Configuration(proxyBeanMethods = false)
class PipelineJobConfiguration {
    static final String JOB = "pipeline";

    // Nine parameters: one a job, in the order of the recipe, and their surroundings.
    @Bean
    Job pipeline(
            StepSequence curationSteps,
            StepSequence vaeSteps,
            StepSequence encodingSteps,
            StepSequence pretrainingSteps,
            StepSequence finetuningSteps,
            StepSequence alignmentSteps,
            StepSequence evaluationSteps,
            PipelineConfiguration configuration,
            JobRepository repository) {
        // What imported latents have no videos for is left out: curation, and alignment and evaluation, which show
        // held-out clips.
        List<StepSequence> sequences = configuration.encode().imported().isPresent()
                ? List.of(vaeSteps, encodingSteps, pretrainingSteps, finetuningSteps)
                : List.of(
                        curationSteps,
                        vaeSteps,
                        encodingSteps,
                        pretrainingSteps,
                        finetuningSteps,
                        alignmentSteps,
                        evaluationSteps);
        return new StepSequence(
                        JOB,
                        sequences.stream()
                                .flatMap(sequence -> sequence.steps().stream())
                                .toList())
                .build(repository);
    }
}
