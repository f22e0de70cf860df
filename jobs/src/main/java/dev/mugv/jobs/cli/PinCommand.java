package dev.mugv.jobs.cli;

import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mugv pin}. */
@Command(
        name = "pin",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Keeps an artifact, and everything that it was made from, from being removed by 'mugv gc'.",
        footer = {"", "Examples:", "  mugv pin finetune --note \"released as 1.0\"", "  mugv pin 90f33b1e"})
final class PinCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Parameters(index = "0", paramLabel = "ID", description = "Step, or beginning of a key or of a manifest's hash.")
    private String id = "";

    @Option(names = "--note", paramLabel = "TEXT", defaultValue = "", description = "Why, for the record.")
    private String note = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.selectMade(id);
        ControllerLog.silent();
        LedgerAccess ledger = LedgerAccess.of(
                new RunDatabase(run, System.getenv()).openForWork().dataSource());
        AuditLog log = ledger.log();
        String name = run.identity().name();
        String key = new ArtifactChoice(ledger.jdbc(), name).key(id);
        ledger.transactions().executeWithoutResult(status -> {
            ledger.jdbc().sql("""
                            INSERT INTO pinned_artifact (artifact_key, pinned_by, note) VALUES (?, ?, ?)
                            ON CONFLICT ON CONSTRAINT pinned_artifact_pk DO UPDATE SET
                                pinned_by = EXCLUDED.pinned_by, note = EXCLUDED.note, pinned_at = now()""").params(key, log.actor().text(), note).update();
            log.append(AuditEvent.of(AuditKind.PINNED, name, key, Map.of("note", note)));
        });
        PrintWriter out = spec.commandLine().getOut();
        out.println("Pinned %s: it and what it was made from stay until 'mugv unpin'.".formatted(key));
        out.flush();
        return ExitCode.COMPLETED.code();
    }
}
