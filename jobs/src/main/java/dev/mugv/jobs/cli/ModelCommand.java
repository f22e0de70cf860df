package dev.mugv.jobs.cli;

import picocli.CommandLine.Command;

/** {@code mugv model}. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Describes, checks, measures and converts models.",
        subcommands = {
            CheckModelCommand.class,
            ConvertModelCommand.class,
            DescribeModelCommand.class,
            MeasureCostsCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  mugv model describe 10b",
            "  mugv model check golden",
            "  mugv model convert dit.pt dit.safetensors"
        })
final class ModelCommand extends CommandGroup {}
