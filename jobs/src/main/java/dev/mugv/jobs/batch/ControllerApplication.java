package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.cluster.ClusterIdentity;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.work.Stay;
import dev.mugv.steps.work.StepPreview;
import dev.mugv.steps.work.SubmissionLedger;
import dev.mugv.steps.work.WorkEngine;
import dev.mugv.steps.work.WorkListener;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkRecorder;
import dev.mugv.steps.work.WorkStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.SimpleJob;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.transaction.support.TransactionTemplate;

/** The controller: a Spring application around one run, opened by commands that start work. */
public final class ControllerApplication implements AutoCloseable {
    private final ConfigurableApplicationContext context;

    private ControllerApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /**
     * Builds the application; starts no job.
     *
     * @param database migrated
     * @param listener hears how work goes on
     */
    public static ControllerApplication open(
            PipelineConfiguration configuration,
            DatabaseAddress database,
            Distribution distribution,
            WorkListener listener) {
        return open(
                configuration,
                database,
                distribution,
                listener,
                new Manner(Stay.UNTIL_DONE, commands -> commands, cluster -> cluster));
    }

    /**
     * How a controller works.
     *
     * @param stay whether it waits for what is under way
     * @param way makes of the runner of Slurm's commands the one that is used
     * @param circle makes of the cluster's identity the one under which the answers of Slurm are shared
     */
    public record Manner(Stay stay, UnaryOperator<CommandRunner> way, UnaryOperator<ClusterIdentity> circle) {
        /** A controller that leaves when there is nothing to do at the moment. */
        public static Manner passing() {
            return new Manner(Stay.WHILE_THERE_IS_SOMETHING_TO_DO, commands -> commands, cluster -> cluster);
        }
    }

    /** Builds the application of a controller that works in a manner of its own. */
    public static ControllerApplication open(
            PipelineConfiguration configuration,
            DatabaseAddress database,
            Distribution distribution,
            WorkListener listener,
            Manner manner) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(ControllerConfiguration.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                // The command line stops jobs by itself, in order, before the context ends.
                .registerShutdownHook(false)
                .initializers(application -> {
                    GenericApplicationContext beans = (GenericApplicationContext) application;
                    beans.registerBean(PipelineConfiguration.class, () -> configuration);
                    beans.registerBean(DatabaseAddress.class, () -> database);
                    beans.registerBean(Distribution.class, () -> distribution);
                    beans.registerBean(WorkListener.class, () -> listener);
                    beans.registerBean(Stay.class, manner::stay);
                    beans.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
                        @Override
                        public Object postProcessAfterInitialization(Object bean, String name) {
                            if (bean instanceof CommandRunner runner) {
                                return manner.way().apply(runner);
                            }
                            return bean instanceof ClusterIdentity identity
                                    ? manner.circle().apply(identity)
                                    : bean;
                        }
                    });
                })
                .run();
        return new ControllerApplication(context);
    }

    /** Runs the job of this name to its end. */
    public RunOutcome launch(String job, StepExecutionListener steps, StopSignal stop) {
        Job found = RunLauncher.find(context.getBeansOfType(Job.class), job);
        return context.getBean(RunLauncher.class).launch(found, steps, stop);
    }

    /** Runs a job that is one step of heavy work, made by the caller, to its end. */
    public RunOutcome launch(WorkOfCaller work, StopSignal stop) {
        WorkStep step = new WorkStep(work.planner(), work.recorder(), context.getBean(WorkEngine.class));
        JobRepository repository = context.getBean(JobRepository.class);
        Job job = new JobBuilder(work.name(), repository)
                .start(new StepBuilder(work.name(), repository)
                        .tasklet(step)
                        .listener(step)
                        .allowStartIfComplete(true)
                        .build())
                .build();
        return context.getBean(RunLauncher.class).launch(job, new StepExecutionListener() {}, stop);
    }

    /** Heavy work of one step, which is also the name of its job. */
    public record WorkOfCaller(String name, WorkPlanner planner, WorkRecorder recorder) {}

    /** The executor of the run, for commands that give it orders without running a job. */
    public Executor executor() {
        return context.getBean(Executor.class);
    }

    /** Submissions and attempts of the run. */
    public SubmissionLedger ledger() {
        return context.getBean(WorkConfiguration.Outside.class).ledger();
    }

    /**
     * What a job would do if it began now, step by step; writes nothing.
     *
     * @return for each of the job's steps of heavy work, in order, what it would do, or why that cannot be said yet
     */
    public List<Foresight> foresee(String job) {
        Job found = RunLauncher.find(context.getBeansOfType(Job.class), job);
        Map<String, WorkPlanner> planners = context.getBean(StepFactory.class).planners();
        WorkEngine engine = context.getBean(WorkEngine.class);
        TransactionTemplate transactions = context.getBean(TransactionTemplate.class);
        List<Foresight> all = new ArrayList<>();
        for (String step : ((SimpleJob) found).getStepNames()) {
            WorkPlanner planner = planners.get(step);
            if (planner != null) {
                all.add(foresee(step, planner, engine, transactions));
            }
        }
        return all;
    }

    /** A planner may forget rows of earlier plans, so what it does is taken back. */
    private static Foresight foresee(
            String step, WorkPlanner planner, WorkEngine engine, TransactionTemplate transactions) {
        return Objects.requireNonNull(transactions.execute(status -> {
            status.setRollbackOnly();
            try {
                return new Foresight(step, Optional.of(engine.preview(step, planner)), "");
            } catch (WorkFailure notYet) {
                return new Foresight(step, Optional.empty(), notYet.text());
            }
        }));
    }

    /**
     * What is known of a step before it runs.
     *
     * @param preview absent where the step cannot be planned yet
     * @param obstacle why it cannot; empty where it can
     */
    public record Foresight(String step, Optional<StepPreview> preview, String obstacle) {}

    /** Jobs by bean name. */
    public Map<String, Job> jobs() {
        return context.getBeansOfType(Job.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
