package dev.mugv.jobs.web;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.net.BindException;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The pages, served by an embedded Tomcat until it is closed. */
public final class WebServer implements AutoCloseable {
    private final ConfigurableApplicationContext context;
    private final Endpoint endpoint;

    private WebServer(ConfigurableApplicationContext context, Endpoint endpoint) {
        this.context = context;
        this.endpoint = endpoint;
    }

    /**
     * Starts it; returns when it answers.
     *
     * @param database migrated; its connections should refuse to write
     * @throws WorkFailure of kind INVALID_REQUEST when the address or port cannot be had
     */
    public static WebServer start(ServedRun run, DataSource database, Endpoint endpoint) {
        return start(run, database, endpoint, Optional.empty());
    }

    /**
     * The same with pages on which annotators label.
     *
     * @param desk what these write to
     */
    public static WebServer start(
            ServedRun run, DataSource database, Endpoint endpoint, Optional<AnnotationDesk> desk) {
        try {
            ConfigurableApplicationContext context = new SpringApplicationBuilder(WebConfiguration.class)
                    .web(WebApplicationType.SERVLET)
                    .bannerMode(Banner.Mode.OFF)
                    .logStartupInfo(false)
                    // The command line closes it, in order.
                    .registerShutdownHook(false)
                    .initializers(application -> {
                        GenericApplicationContext beans = (GenericApplicationContext) application;
                        beans.registerBean(ServedRun.class, () -> run);
                        beans.registerBean(Endpoint.class, () -> endpoint);
                        desk.ifPresent(there -> {
                            beans.registerBean(AnnotationDesk.class, () -> there);
                            beans.registerBean(AnnotationPages.class);
                            beans.registerBean(AnnotationCalls.class);
                        });
                        // Its owner closes it.
                        beans.registerBean(
                                "dataSource",
                                DataSource.class,
                                () -> database,
                                definition -> definition.setDestroyMethodName(""));
                    })
                    .run();
            int port = Objects.requireNonNull(((ServletWebServerApplicationContext) context).getWebServer())
                    .getPort();
            return new WebServer(context, endpoint.at(port));
        } catch (ApplicationContextException | WebServerException e) {
            throw refusal(e, endpoint);
        }
    }

    private static RuntimeException refusal(RuntimeException failure, Endpoint endpoint) {
        String fact = "";
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof BindException || at instanceof PortInUseException) {
                fact = String.valueOf(at.getMessage()).replaceAll("\\.+$", "");
            }
        }
        if (fact.isEmpty()) {
            return failure;
        }
        String next =
                fact.contains("in use") ? "Give another by --port, or end what has it" : "Correct --bind or --port";
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot serve at %s: expected a free port of an address of this machine, found: %s. %s."
                        .formatted(endpoint.url(), fact, next),
                failure);
    }

    /** Where it listens, with the port that it got. */
    public Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        context.close();
    }
}
