package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.work.WorkEngine;
import dev.mugv.steps.work.WorkListener;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkRecorder;
import dev.mugv.steps.work.WorkStep;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.springframework.batch.core.job.Job;
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
        return open(configuration, database, distribution, listener, commands -> commands);
    }

    /**
     * Builds the application on a cluster whose commands go through something else first.
     *
     * @param way makes of the runner of Slurm's commands the one that is used
     */
    public static ControllerApplication open(
            PipelineConfiguration configuration,
            DatabaseAddress database,
            Distribution distribution,
            WorkListener listener,
            UnaryOperator<CommandRunner> way) {
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
                    beans.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
                        @Override
                        public Object postProcessAfterInitialization(Object bean, String name) {
                            return bean instanceof CommandRunner runner ? way.apply(runner) : bean;
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

    /** Jobs by bean name. */
    public Map<String, Job> jobs() {
        return context.getBeansOfType(Job.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
