package dev.mugv.jobs.cli;

import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mugv unpin}. */
@Command(
        name = "unpin",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Lets an artifact be removed again when nothing else needs it.",
        footer = {"", "Examples:", "  mugv unpin finetune"})
final class UnpinCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Parameters(index = "0", paramLabel = "ID", description = "Step, or beginning of a key or of a manifest's hash.")
    private String id = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.selectMade(id);
        ControllerLog.silent();
        LedgerAccess ledger = LedgerAccess.of(
                new RunDatabase(run, System.getenv()).openForWork().dataSource());
        String name = run.identity().name();
        String key = new ArtifactChoice(ledger.jdbc(), name).key(id);
        Boolean was = ledger.transactions().execute(status -> {
            boolean removed = ledger.jdbc()
                            .sql("DELETE FROM pinned_artifact WHERE artifact_key = ?")
                            .param(key)
                            .update()
                    > 0;
            if (removed) {
                ledger.log().append(AuditEvent.of(AuditKind.UNPINNED, name, key, Map.of()));
            }
            return removed;
        });
        PrintWriter out = spec.commandLine().getOut();
        out.println(Boolean.TRUE.equals(was) ? "No longer pinned: " + key : "It was not pinned: " + key);
        out.flush();
        return ExitCode.COMPLETED.code();
    }
}
