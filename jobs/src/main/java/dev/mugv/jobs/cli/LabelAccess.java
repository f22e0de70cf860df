package dev.mugv.jobs.cli;

import dev.mugv.steps.labels.Annotators;
import dev.mugv.steps.labels.LabelSources;
import dev.mugv.steps.labels.LabelStore;
import dev.mugv.steps.labels.LabelTransfer;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Clock;

/**
 * The label store for commands.
 *
 * @param run that is asked for
 */
record LabelAccess(
        SelectedRun run, LabelStore store, Annotators annotators, LabelTransfer transfer, LabelSources sources) {
    static LabelAccess open(SelectedRun run) {
        ControllerLog.silent();
        // People may be invited before anything was run.
        new Work(run, new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter())).prepareWorkspace();
        LedgerAccess ledger = LedgerAccess.of(
                new RunDatabase(run, System.getenv()).openForWork().dataSource());
        LabelStore store = new LabelStore(ledger.jdbc(), ledger.transactions(), ledger.log());
        Annotators annotators = new Annotators(ledger.jdbc(), ledger.transactions(), ledger.log());
        return new LabelAccess(
                run,
                store,
                annotators,
                new LabelTransfer(store, annotators, ledger.transactions(), Clock.systemUTC()),
                new LabelSources(ledger.jdbc(), run.identity().workspace()));
    }

    String name() {
        return run.identity().name();
    }
}
