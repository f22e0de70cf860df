package dev.mugv.jobs.cli;

import dev.mugv.steps.audit.AuditFinding;
import dev.mugv.steps.audit.ChainVerification;
import dev.mugv.steps.audit.LedgerComparison;
import dev.mugv.steps.audit.WorkspaceHeads;
import dev.mugv.steps.lineage.SealVerification;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import picocli.CommandLine.Command;

/** {@code mugv audit verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Reads the whole audit log and finds any change, gap, exchange, reordering or cut-off end.",
            "",
            "Then every row of the lineage graph against its seal, and the ledger's attempts, submissions, checkpoints, pins and"
                    + " removals against the events that tell of them: a row that was changed behind our back is named.",
            "",
            "The end of the chain that was written beside every published checkpoint is compared too, so a database that was"
                    + " restored from an older backup is found out. Changes nothing. Ends with code 67 when something is wrong."
        },
        footer = {"", "Examples:", "  mugv audit verify", "  mugv audit verify --json"})
final class VerifyAuditCommand extends RunQuestion<VerifyAuditCommand.Report> {
    /**
     * What was found.
     *
     * @param lineageNodes nodes whose seals were computed anew
     * @param ledgerRows rows that were held against events
     * @param heads files beside checkpoints that were compared
     * @param unreachable workspaces whose files could not be compared
     * @param more findings beyond those listed
     */
    record Report(
            String chain,
            long events,
            String hash,
            double chainSeconds,
            long lineageNodes,
            long ledgerRows,
            int heads,
            List<String> unreachable,
            List<AuditFinding> findings,
            long more,
            double seconds) {}

    @Override
    Report answer(SelectedRun run) {
        return new RunView(run).askConnection(connection -> {
            long begun = System.nanoTime();
            JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
            WorkspaceHeads.Found files =
                    new WorkspaceHeads(jdbc).find(run.identity().workspace());
            ChainVerification.Result result = new ChainVerification(connection, files.heads()).verify();
            List<AuditFinding> findings = new ArrayList<>(result.findings());
            findings.addAll(files.findings());
            double chain = (System.nanoTime() - begun) / 1e9;
            SealVerification.Result graph = new SealVerification(connection).verify();
            findings.addAll(graph.findings());
            LedgerComparison.Result ledger = new LedgerComparison(connection).compare();
            findings.addAll(ledger.findings());
            return new Report(
                    result.chainId(),
                    result.events(),
                    result.hash(),
                    chain,
                    graph.nodes(),
                    ledger.rows(),
                    result.heads(),
                    files.unreachable().stream().map(Path::toString).toList(),
                    findings,
                    result.more() + graph.more() + ledger.more(),
                    (System.nanoTime() - begun) / 1e9);
        });
    }

    @Override
    void print(Report report, PrintWriter out) {
        out.println("chain      " + report.chain());
        out.println("events     %d, read in %.1f s".formatted(report.events(), report.chainSeconds()));
        out.println("last hash  " + report.hash());
        out.println("lineage    %d nodes and what hangs on them compared with their seals"
                .formatted(report.lineageNodes()));
        out.println("ledger     %d rows compared with their events".formatted(report.ledgerRows()));
        out.println("files      %d beside checkpoints compared".formatted(report.heads()));
        report.unreachable().forEach(workspace -> out.println("           not there, not compared: " + workspace));
        if (report.findings().isEmpty()) {
            out.println("Sound: nothing was changed, removed, exchanged or cut off.");
            return;
        }
        out.println();
        for (AuditFinding finding : report.findings()) {
            out.println("%-18s %-16s %s"
                    .formatted(
                            finding.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                            place(finding),
                            finding.text()));
        }
        if (report.more() > 0) {
            out.println("and %d more".formatted(report.more()));
        }
        out.println();
        out.println(
                "Log, lineage and ledger are not sound. Keep database and files as they are, and compare with a backup.");
    }

    private static String place(AuditFinding finding) {
        if (finding.last() < finding.first()) {
            return "";
        }
        return finding.first() == finding.last()
                ? Long.toString(finding.first())
                : finding.first() + "-" + finding.last();
    }

    @Override
    ExitCode exitCode(Report report) {
        return report.findings().isEmpty() ? ExitCode.COMPLETED : ExitCode.CORRUPT;
    }
}
