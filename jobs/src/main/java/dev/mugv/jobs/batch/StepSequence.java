package dev.mugv.jobs.batch;

import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.SimpleJob;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;

/**
 * The steps of one job in order; the pipeline strings all sequences together.
 *
 * @param job name of the job
 * @param steps at least one
 */
public record StepSequence(String job, List<Step> steps) {
    public StepSequence {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("job " + job + " has no steps");
        }
    }

    /** Names of the steps. */
    public List<String> names() {
        return steps.stream().map(Step::getName).toList();
    }

    /** The job: its steps one after the other, ended by the first that fails. */
    Job build(JobRepository repository) {
        SimpleJobBuilder builder = new JobBuilder(job, repository).start(steps.get(0));
        steps.subList(1, steps.size()).forEach(builder::next);
        Job built = builder.build();
        if (!(built instanceof SimpleJob)) {
            throw new IllegalStateException("expected a sequence of steps, got " + built.getClass());
        }
        return built;
    }
}
