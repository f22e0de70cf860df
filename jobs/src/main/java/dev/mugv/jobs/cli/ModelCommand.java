package dev.mugv.jobs.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mugv model}. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Describes, checks and converts models.",
        subcommands = {CheckModelCommand.class, DescribeModelCommand.class},
        footer = {"", "Examples:", "  mugv model describe 10b", "  mugv model check golden"})
final class ModelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCode.COMPLETED.code();
    }
}
