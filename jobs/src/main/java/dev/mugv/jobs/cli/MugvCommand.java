package dev.mugv.jobs.cli;

import java.util.LinkedHashMap;
import java.util.Map;
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
        optionListHeading = "%nOptions:%n")
final class MugvCommand implements Callable<Integer> {
    /** The commands by their names, in the order of the help text. */
    static final Map<String, Class<?>> COMMANDS = commands();

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

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("demo", DemoCommand.class);
        commands.put("run", RunCommand.class);
        commands.put("status", StatusCommand.class);
        commands.put("serve", ServeCommand.class);
        commands.put("resume", ResumeCommand.class);
        commands.put("stop", StopCommand.class);
        commands.put("logs", LogsCommand.class);
        commands.put("jobs", JobsCommand.class);
        commands.put("nodes", NodesCommand.class);
        commands.put("rpc", RpcCommand.class);
        commands.put("clips", ClipsCommand.class);
        commands.put("labels", LabelsCommand.class);
        commands.put("annotators", AnnotatorsCommand.class);
        commands.put("checkpoints", CheckpointsCommand.class);
        commands.put("lineage", LineageCommand.class);
        commands.put("taint", TaintCommand.class);
        commands.put("forget", ForgetCommand.class);
        commands.put("diff", DiffCommand.class);
        commands.put("export", ExportCommand.class);
        commands.put("pin", PinCommand.class);
        commands.put("unpin", UnpinCommand.class);
        commands.put("gc", GarbageCommand.class);
        commands.put("log", LogCommand.class);
        commands.put("goodput", GoodputCommand.class);
        commands.put("metrics", MetricsCommand.class);
        commands.put("audit", AuditCommand.class);
        commands.put("report", ReportCommand.class);
        commands.put("generate", GenerateCommand.class);
        commands.put("model", ModelCommand.class);
        commands.put("data", DataCommand.class);
        commands.put("plan", PlanCommand.class);
        commands.put("why", WhyCommand.class);
        commands.put("cancel", CancelCommand.class);
        commands.put("advance", AdvanceCommand.class);
        commands.put("submit", SubmitCommand.class);
        commands.put("doctor", DoctorCommand.class);
        commands.put("certify", CertifyCommand.class);
        commands.put("config", ConfigCommand.class);
        commands.put("db", DatabaseCommand.class);
        return commands;
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
