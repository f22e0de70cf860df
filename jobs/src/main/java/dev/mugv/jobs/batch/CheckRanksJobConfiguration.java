package dev.mugv.jobs.batch;

import dev.mugv.steps.check.RankCheckPlanner;
import dev.mugv.steps.check.RankCheckRecorder;
import dev.mugv.steps.work.SubmissionLedger;
import dev.mugv.steps.work.WorkListener;
import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code check-ranks}: an allocation as a training would ask for it, whose ranks find each other; no part of the pipeline. */
@Configuration(proxyBeanMethods = false)
class CheckRanksJobConfiguration {
    static final String JOB = "check-ranks";

    @Bean
    Job checkRanks(
            RunIdentity run,
            SubmissionLedger ledger,
            WorkListener listener,
            StepFactory steps,
            JobRepository repository) {
        return new StepSequence(
                        JOB,
                        List.of(steps.work(
                                RankCheckPlanner.STEP,
                                new RankCheckPlanner(run.name(), ledger),
                                new RankCheckRecorder(run.name(), run.workspace(), listener))))
                .build(repository);
    }
}
