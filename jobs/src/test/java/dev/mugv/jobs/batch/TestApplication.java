package dev.mugv.jobs.batch;

import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.labels.LabelAnswers;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The product's Spring Batch with jobs made by a test. */
public final class TestApplication implements AutoCloseable {
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final DatabaseAddress database;
    private final RunIdentity run;

    public TestApplication(DatabaseAddress database, String runName) {
        this(database, new RunIdentity(runName, Path.of("/test-workspace")));
    }

    public TestApplication(DatabaseAddress database, RunIdentity run) {
        this.database = database;
        this.run = run;
        DataSource source = database.pool(4);
        context.registerBean(DataSource.class, () -> source);
        context.registerBean(PlatformTransactionManager.class, () -> new JdbcTransactionManager(source));
        context.register(BatchInfrastructure.class);
        context.refresh();
    }

    public RunIdentity run() {
        return run;
    }

    public JobRepository repository() {
        return context.getBean(JobRepository.class);
    }

    public StopRequests stopRequests() {
        return new StopRequests(JdbcClient.create(context.getBean(DataSource.class)), run);
    }

    public RunOutcome launch(Job job) {
        return launch(job, new StopSignal());
    }

    public RunOutcome launch(Job job, StopSignal stop) {
        DataSource source = context.getBean(DataSource.class);
        AuditLog audit = new AuditLog(
                JdbcClient.create(source),
                new TransactionTemplate(new JdbcTransactionManager(source)),
                Actor.ofThisProcess());
        return new RunLauncher(context.getBean(JobOperator.class), repository(), database, stopRequests(), run, audit)
                .launch(job, new StepExecutionListener() {}, stop);
    }

    public Job job(String name, Step first, Step... others) {
        SimpleJobBuilder job = new JobBuilder(name, repository()).start(first);
        for (Step step : others) {
            job = job.next(step);
        }
        return job.build();
    }

    public Step step(String name, Tasklet tasklet) {
        return new StepBuilder(name, repository()).tasklet(tasklet).build();
    }

    /** A step that asks people, and waits while it is given something to wait for. */
    public Step asking(String name, Supplier<Optional<LabelAnswers.Waiting>> inTransaction) {
        return PeopleWait.step(
                name,
                repository(),
                new TransactionTemplate(context.getBean(PlatformTransactionManager.class)),
                inTransaction,
                () -> {});
    }

    @Override
    public void close() {
        context.close();
    }
}
