package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.work.WorkListener;
import java.util.Map;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.listener.StepExecutionListener;
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
                })
                .run();
        return new ControllerApplication(context);
    }

    /** Runs the job of this name to its end. */
    public RunOutcome launch(String job, StepExecutionListener steps, StopSignal stop) {
        Job found = RunLauncher.find(context.getBeansOfType(Job.class), job);
        return context.getBean(RunLauncher.class).launch(found, steps, stop);
    }

    /** Jobs by bean name. */
    public Map<String, Job> jobs() {
        return context.getBeansOfType(Job.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
