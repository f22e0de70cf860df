package dev.mugv.jobs.batch;

import com.zaxxer.hikari.HikariDataSource;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.database.DatabaseAddress;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What every job may ask for. No auto-configuration: what there is, stands here and in the job configurations, which are
 * found by their package.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@ComponentScan
class ControllerConfiguration {
    /** One connection works, one watches for stops, the rest is for recorders. */
    private static final int CONNECTIONS = 6;

    @Bean(destroyMethod = "close")
    HikariDataSource dataSource(DatabaseAddress database) {
        return database.pool(CONNECTIONS);
    }

    @Bean
    PlatformTransactionManager transactionManager(DataSource dataSource) {
        return new JdbcTransactionManager(dataSource);
    }

    @Bean
    TransactionTemplate transactionTemplate(PlatformTransactionManager transactionManager) {
        return new TransactionTemplate(transactionManager);
    }

    @Bean
    JdbcClient jdbcClient(DataSource dataSource) {
        return JdbcClient.create(dataSource);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    RunIdentity runIdentity(PipelineConfiguration configuration) {
        return RunIdentity.of(configuration);
    }

    @Bean
    ArtifactStore artifactStore(RunIdentity run) {
        return new ArtifactStore(run.workspace());
    }

    @Bean
    AuditLog auditLog(JdbcClient jdbcClient, TransactionTemplate transactions) {
        return new AuditLog(jdbcClient, transactions, Actor.ofThisProcess());
    }

    @Bean
    StopRequests stopRequests(JdbcClient jdbcClient, RunIdentity run) {
        return new StopRequests(jdbcClient, run);
    }

    @Bean
    RunLauncher runLauncher(
            JobOperator operator,
            JobRepository repository,
            DatabaseAddress database,
            StopRequests stopRequests,
            RunIdentity run,
            AuditLog audit) {
        return new RunLauncher(operator, repository, database, stopRequests, run, audit);
    }
}
