package dev.mugv.jobs.cli;

import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.ChainState;
import dev.mugv.steps.audit.HeadFiles;
import dev.mugv.steps.database.DatabaseAddress;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What is looked at before work begins: the newest file beside a checkpoint against the database, which tells one that was
 * restored from an older backup. Work goes on all the same: content decides what is done, and the alarm is on record.
 */
final class AuditStart {
    private final SelectedRun run;
    private final DatabaseAddress database;

    AuditStart(SelectedRun run, DatabaseAddress database) {
        this.run = run;
        this.database = database;
    }

    /** Says what is wrong, if anything, and appends it to the log. */
    void check(PrintWriter err) {
        Optional<HeadFiles.Located> newest = new HeadFiles(run.identity().workspace())
                .all().heads().stream()
                        .max(Comparator.comparing(located -> located.head().writtenAt()));
        LedgerAccess ledger = LedgerAccess.of(database.dataSource());
        JdbcClient jdbc = ledger.jdbc();
        newest.flatMap(located -> ChainState.read(jdbc).objection(jdbc, located))
                .ifPresent(objection -> {
                    err.println(
                            ("ALARM: the audit log is not the one that this workspace's checkpoints were published with: %s."
                                            + " Was the database restored from an older backup? 'mugv audit verify' tells more.")
                                    .formatted(objection));
                    err.flush();
                    ledger.log()
                            .append(AuditEvent.of(
                                    AuditKind.ALARM, run.identity().name(), "audit-log", Map.of("found", objection)));
                });
    }
}
