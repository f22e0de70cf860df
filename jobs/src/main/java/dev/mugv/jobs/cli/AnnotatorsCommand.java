package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.steps.labels.Annotators;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mugv annotators}. */
@Command(
        name = "annotators",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Invites the people who label, and says who they are.",
        subcommands = {AnnotatorsCommand.Invite.class, AnnotatorsCommand.Listing.class, AnnotatorsCommand.Revoke.class},
        footer = {"", "Examples:", "  mugv annotators invite ann", "  mugv annotators list"})
final class AnnotatorsCommand extends CommandGroup {
    /** {@code mugv annotators invite}. */
    @Command(
            name = "invite",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Lets somebody log in to the annotation page, by a password for one use that is printed here and stands"
                        + " nowhere else. With it they choose their own.",
                "",
                "Given again, it replaces a password that was lost. Labels stay with the name."
            },
            footer = {"", "Examples:", "  mugv annotators invite ann"})
    static final class Invite implements Callable<Integer> {
        @Mixin
        private RunOptions options = new RunOptions();

        @Parameters(paramLabel = "NAME", description = "Under which labels will be given: small letters and digits.")
        private String name = "";

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            String password = LabelAccess.open(options.select(PathCheck.SKIPPED))
                    .annotators()
                    .invite(name);
            PrintWriter out = spec.commandLine().getOut();
            out.println("Invited %s. Password for one use: %s".formatted(name, password));
            out.println("They log in at /annotate of 'mugv serve --annotate', and choose their own password there.");
            out.flush();
            return ExitCode.COMPLETED.code();
        }
    }

    /** {@code mugv annotators list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Lists annotators with how they may log in and how many labels they gave.",
            footer = {"", "Examples:", "  mugv annotators list", "  mugv annotators list --json"})
    static final class Listing extends RunQuestion<List<Annotators.Annotator>> {
        @Override
        List<Annotators.Annotator> answer(SelectedRun run) {
            return LabelAccess.open(run).annotators().all();
        }

        @Override
        void print(List<Annotators.Annotator> annotators, PrintWriter out) {
            out.println("%-24s %-12s %8s".formatted("annotator", "login", "labels"));
            annotators.forEach(each -> out.println(String.format(
                    Locale.ROOT,
                    "%-24s %-12s %8d",
                    each.name(),
                    each.credential().name().toLowerCase(Locale.ROOT),
                    each.labels())));
        }
    }

    /** {@code mugv annotators revoke}. */
    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Takes away somebody's way in. Their labels stay.",
            footer = {"", "Examples:", "  mugv annotators revoke ann"})
    static final class Revoke implements Callable<Integer> {
        @Mixin
        private RunOptions options = new RunOptions();

        @Parameters(paramLabel = "NAME", description = "The annotator.")
        private String name = "";

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            LabelAccess.open(options.select(PathCheck.SKIPPED)).annotators().revoke(name);
            PrintWriter out = spec.commandLine().getOut();
            out.println("Revoked: %s can no longer log in.".formatted(name));
            out.flush();
            return ExitCode.COMPLETED.code();
        }
    }
}
