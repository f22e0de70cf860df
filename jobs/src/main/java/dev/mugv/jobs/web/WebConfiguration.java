package dev.mugv.jobs.web;

import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.catalina.valves.ErrorReportValve;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Compression;
import org.springframework.boot.web.server.Cookie;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.servlet.Session;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/** What the server consists of. No auto-configuration: what there is, stands here. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableWebMvc
@Import({
    RunPages.class,
    ResultPages.class,
    ClipPages.class,
    LineagePages.class,
    ClusterPages.class,
    LabelPages.class,
    FilePages.class,
    ErrorPages.class,
    RunDirectory.class,
    RequestGuard.class
})
class WebConfiguration {
    /** A page is asked for by people; a hundred of them watch a run with a question every two seconds. */
    private static final int THREADS = 16;

    /** A morning's work; whoever leaves for longer logs in again. */
    private static final Duration SESSION = Duration.ofHours(4);

    @Bean
    TomcatServletWebServerFactory tomcat(Endpoint endpoint) {
        TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(endpoint.port());
        factory.setAddress(endpoint.address());
        factory.setShutdown(Shutdown.GRACEFUL);
        factory.setDisableMBeanRegistry(true);
        Session session = new Session();
        session.setTimeout(SESSION);
        session.setTrackingModes(Set.of(Session.SessionTrackingMode.COOKIE));
        session.getCookie().setName("mugv-annotator");
        session.getCookie().setPath("/annotate");
        session.getCookie().setHttpOnly(true);
        session.getCookie().setSameSite(Cookie.SameSite.STRICT);
        factory.setSession(session);
        Compression compression = new Compression();
        compression.setEnabled(true);
        factory.setCompression(compression);
        factory.addConnectorCustomizers(connector -> {
            connector.setProperty("maxThreads", Integer.toString(THREADS));
            connector.setProperty("minSpareThreads", "2");
            connector.setAllowTrace(true); // to the guard, which refuses it as it refuses the others
        });
        // What Tomcat refuses by itself, such as an encoded slash, gets no version and no stack trace.
        factory.addContextCustomizers(context -> {
            ErrorReportValve valve = new ErrorReportValve();
            valve.setShowServerInfo(false);
            valve.setShowReport(false);
            context.getParent().getPipeline().addValve(valve);
        });
        return factory;
    }

    @Bean
    DispatcherServlet dispatcherServlet() {
        return new DispatcherServlet();
    }

    @Bean
    JdbcClient jdbcClient(DataSource dataSource) {
        return JdbcClient.create(dataSource);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
