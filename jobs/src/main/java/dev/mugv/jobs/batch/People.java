package dev.mugv.jobs.batch;

import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.labels.LabelRequests;
import dev.mugv.steps.labels.LabelSources;
import dev.mugv.steps.labels.LabelStore;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** How steps of this run ask people, and what they can show them. */
@Component
final class People {
    private final LabelRequests requests;
    private final LabelSources sources;

    People(JdbcClient jdbc, TransactionTemplate transactions, AuditLog audit, RunIdentity run) {
        this.requests = new LabelRequests(jdbc, new LabelStore(jdbc, transactions, audit), run.name(), run.workspace());
        this.sources = new LabelSources(jdbc, run.workspace());
    }

    LabelRequests requests() {
        return requests;
    }

    LabelSources sources() {
        return sources;
    }
}
