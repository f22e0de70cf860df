package dev.mugv.jobs.batch;

import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code pipeline}: the steps of all jobs in order, as one execution, so that there is one thing to resume. */
@Configuration(proxyBeanMethods = false)
class PipelineJobConfiguration {
    static final String JOB = "pipeline";

    // Seven parameters: one a job, in the order of the recipe.
    @Bean
    Job pipeline(
            StepSequence curationSteps,
            StepSequence vaeSteps,
            StepSequence encodingSteps,
            StepSequence pretrainingSteps,
            StepSequence finetuningSteps,
            StepSequence alignmentSteps,
            StepSequence evaluationSteps,
            JobRepository repository) {
        List<StepSequence> sequences = List.of(
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
