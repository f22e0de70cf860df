package dev.mugv.jobs.cli;

import picocli.CommandLine.Command;

/** {@code mugv model}. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Describes, checks and converts models.",
        subcommands = {CheckModelCommand.class, DescribeModelCommand.class},
        footer = {"", "Examples:", "  mugv model describe 10b", "  mugv model check golden"})
final class ModelCommand extends CommandGroup {}
