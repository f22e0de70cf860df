package dev.mugv.jobs.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mugv} without a command: what there is. */
@Command(
        name = "mugv",
        versionProvider = ProductVersion.class,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        header = "Raw videos in, an evaluated and preference-aligned video generation model out.",
        description = {
            "",
            "Every command may be interrupted at any instant and given again: finished work is not repeated."
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            StatusCommand.class,
            ServeCommand.class,
            ResumeCommand.class,
            StopCommand.class,
            LogsCommand.class,
            JobsCommand.class,
            NodesCommand.class,
            RpcCommand.class,
            ClipsCommand.class,
            LabelsCommand.class,
            AnnotatorsCommand.class,
            CheckpointsCommand.class,
            LineageCommand.class,
            TaintCommand.class,
            ForgetCommand.class,
            DiffCommand.class,
            ExportCommand.class,
            PinCommand.class,
            UnpinCommand.class,
            GarbageCommand.class,
            LogCommand.class,
            GoodputCommand.class,
            MetricsCommand.class,
            AuditCommand.class,
            ReportCommand.class,
            GenerateCommand.class,
            ModelCommand.class,
            DataCommand.class,
            PlanCommand.class,
            WhyCommand.class,
            CancelCommand.class,
            AdvanceCommand.class,
            SubmitCommand.class,
            DoctorCommand.class,
            CertifyCommand.class,
            ConfigCommand.class,
            DatabaseCommand.class
        })
final class MugvCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Where the exit codes are added to the help text, from their one table. */
    @Spec(Spec.Target.SELF)
    void describeExitCodes(CommandSpec self) {
        self.usageMessage().footer(footer());
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return CommandLine.ExitCode.OK;
    }

    private static String[] footer() {
        String[] start = {
            "",
            "Start here:",
            "  mugv demo                     the whole pipeline on the sample clips",
            "  mugv run --config my.yaml     the same on your own videos",
            "  mugv status                   where it stands"
        };
        String[] codes = ExitCode.table();
        String[] all = new String[start.length + codes.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(codes, 0, all, start.length, codes.length);
        return all;
    }
}
