package dev.mugv.jobs.cli;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.audit.CheckpointVerification;
import dev.mugv.steps.audit.CheckpointVerification.Checked;
import dev.mugv.steps.audit.CheckpointVerification.Known;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mugv checkpoints verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Reads the files of checkpoints again and holds them against the ledger.",
            "",
            "Every file's SHA-256 is compared with the manifest, the manifest's with the ledger, and the weights' with those of"
                    + " all other checkpoints of the database. A file that was changed, and a checkpoint that is the same as that of"
                    + " another step, is an alarm: it ends the command with code 67, and stands in the audit log."
        },
        footer = {
            "",
            "Examples:",
            "  mugv checkpoints verify --all",
            "  mugv checkpoints verify finetune",
            "  mugv checkpoints verify 90f33b1e    the beginning of its key, or of the SHA-256 of weights or manifest"
        })
final class VerifyCheckpointsCommand extends RunQuestion<List<VerifyCheckpointsCommand.Line>> {
    @ArgGroup(multiplicity = "1")
    private Choice choice = new Choice();

    /** One of the two. */
    static final class Choice {
        @Parameters(index = "0", paramLabel = "ID", description = "Step, or beginning of a key or of a hash.")
        private @Nullable String id;

        @Option(names = "--all", description = "Every checkpoint that the run has published.")
        private boolean all;
    }

    /**
     * One checkpoint.
     *
     * @param fact what is wrong, or that it was removed
     */
    record Line(String step, String label, String key, String weights, String verdict, String fact) {}

    @Override
    List<Line> answer(SelectedRun run) {
        ControllerLog.silent();
        LedgerAccess ledger = LedgerAccess.of(
                new RunDatabase(run, System.getenv()).openForWork().dataSource());
        CheckpointVerification verification = new CheckpointVerification(ledger.jdbc(), ledger.log());
        List<Known> known =
                verification.known(run.identity().name(), run.identity().workspace());
        return wanted(known, run.identity().name()).stream()
                .map(verification::verify)
                .map(VerifyCheckpointsCommand::line)
                .toList();
    }

    private List<Known> wanted(List<Known> known, String run) {
        String id = choice.id;
        if (id == null) {
            return known;
        }
        List<Known> meant = CheckpointVerification.meantBy(known, id);
        long keys = meant.stream().map(each -> each.ref().key()).distinct().count();
        boolean isStep = meant.stream().anyMatch(each -> each.origin().step().equals(id));
        if (meant.isEmpty() || keys > 1 && !isStep) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot verify checkpoint '%s': expected one of run '%s', found %s. Give more digits, or see 'mugv checkpoints --json'."
                            .formatted(id, run, meant.isEmpty() ? "none" : keys + " that begin so"));
        }
        return meant;
    }

    private static Line line(Checked checked) {
        Known known = checked.checkpoint();
        return new Line(
                known.origin().step(),
                known.origin().label(),
                known.ref().key(),
                known.content(),
                checked.verdict().name(),
                checked.fact());
    }

    @Override
    void print(List<Line> lines, PrintWriter out) {
        for (Line line : lines) {
            out.println("%-20s %s  %s"
                    .formatted(
                            line.step(),
                            line.key().substring(0, 16),
                            line.verdict().toLowerCase(Locale.ROOT).replace('_', ' ')));
            if (!line.fact().isEmpty()) {
                out.println("    " + line.fact());
            }
        }
        out.println();
        out.println("%d checkpoints read, %d alarms.".formatted(lines.size(), alarms(lines)));
    }

    @Override
    ExitCode exitCode(List<Line> lines) {
        return alarms(lines) == 0 ? ExitCode.COMPLETED : ExitCode.CORRUPT;
    }

    private static long alarms(List<Line> lines) {
        return lines.stream()
                .filter(line ->
                        CheckpointVerification.Verdict.valueOf(line.verdict()).isAlarm())
                .count();
    }
}
