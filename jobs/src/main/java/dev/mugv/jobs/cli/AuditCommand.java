package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.jobs.query.EventView;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditQuery;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv audit}. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows or verifies the audit log: what happened, who did it and from where, as a chain of hashes.",
            "",
            "Each event carries the hash of the one before, rows can only be added, and the end of the chain is written beside"
                    + " every published checkpoint. ops/audit/README.md defines the form that is hashed."
        },
        subcommands = {VerifyAuditCommand.class, AuditCommand.EventList.class},
        footer = {"", "Examples:", "  mugv audit verify", "  mugv audit list --kind cancelled --since 7d"})
final class AuditCommand extends CommandGroup {
    /** {@code mugv audit list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "Lists events of the audit log, oldest first; of all runs of the database unless --run is given.",
            footer = {
                "",
                "Examples:",
                "  mugv audit list --newest 50",
                "  mugv audit list --kind verdict --kind alarm --since 2026-11-01 --json",
                "  mugv audit list --subject 90f33b1e    all about a token, an attempt or an artifact"
            })
    static final class EventList implements Callable<Integer> {
        @Mixin
        private RunOptions options = new RunOptions();

        @Option(names = "--run", paramLabel = "NAME", description = "Only events of this run.")
        private Optional<String> run = Optional.empty();

        @Option(names = "--kind", paramLabel = "KIND", description = "Only of these kinds: ${COMPLETION-CANDIDATES}.")
        private Set<AuditKind> kinds = Set.of();

        @Option(
                names = "--subject",
                paramLabel = "START",
                description = "Only about what begins so: token, artifact key, job.")
        private Optional<String> subject = Optional.empty();

        @Option(names = "--user", paramLabel = "START", description = "Only by users whose names begin so.")
        private Optional<String> user = Optional.empty();

        @Option(
                names = "--since",
                paramLabel = "TIME",
                converter = Moment.Converter.class,
                description = "Not before, for example 2026-11-30T10:15 or 7d (ago).")
        private Optional<Moment> since = Optional.empty();

        @Option(names = "--until", paramLabel = "TIME", converter = Moment.Converter.class, description = "Not after.")
        private Optional<Moment> until = Optional.empty();

        @Option(names = "--newest", paramLabel = "N", description = "Only the newest N of them.")
        private Optional<Integer> newest = Optional.empty();

        @Option(names = "--json", description = "Print a JSON array, an event a line.")
        private boolean json;

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            AuditQuery query = new AuditQuery(
                    run, kinds, subject, user, since.map(Moment::instant), until.map(Moment::instant), newest);
            PrintWriter out = spec.commandLine().getOut();
            return new RunView(options.select(PathCheck.SKIPPED)).askConnection(connection -> {
                EventPrinter printer = new EventPrinter(out, json ? EventPrinter.Form.JSON : EventPrinter.Form.ROWS);
                query.read(connection, entry -> printer.print(EventView.of(entry)));
                printer.end();
                return ExitCode.COMPLETED.code();
            });
        }
    }
}
