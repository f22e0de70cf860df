package dev.mugv.jobs.batch;

import dev.mugv.steps.database.DeferredCommits;
import javax.sql.DataSource;
import org.springframework.batch.core.configuration.support.JdbcDefaultBatchConfiguration;
import org.springframework.batch.core.repository.ExecutionContextSerializer;
import org.springframework.batch.core.repository.dao.JacksonExecutionContextStringSerializer;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Isolation;

/** Spring Batch on our tables. */
@Configuration(proxyBeanMethods = false)
class BatchInfrastructure extends JdbcDefaultBatchConfiguration {
    private final DataSource dataSource;
    private final PlatformTransactionManager transactionManager;

    BatchInfrastructure(DataSource dataSource) {
        this.dataSource = dataSource;
        this.transactionManager = new DeferredCommits(dataSource);
    }

    @Override
    protected DataSource getDataSource() {
        return dataSource;
    }

    /**
     * Spring Batch writes a dozen times a step, and what it writes decides nothing: a restart rests on plan, ledger and files. The ledger's
     * own commits wait for the disk.
     */
    @Override
    protected PlatformTransactionManager getTransactionManager() {
        return transactionManager;
    }

    /**
     * SERIALIZABLE, the default, fails a quarter of concurrent launches of different jobs, and prevents no double
     * restart; the unique index {@code one_live_execution} and the run lock do.
     */
    @Override
    protected Isolation getIsolationLevelForCreate() {
        return Isolation.READ_COMMITTED;
    }

    /** Contexts hold strings and numbers only: what else it would write, it could not read again. */
    @Override
    protected ExecutionContextSerializer getExecutionContextSerializer() {
        return new JacksonExecutionContextStringSerializer();
    }
}
