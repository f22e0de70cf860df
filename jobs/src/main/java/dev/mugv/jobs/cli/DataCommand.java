package dev.mugv.jobs.cli;

import picocli.CommandLine.Command;

/** {@code mugv data}. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Imports training data that other programs made.",
        subcommands = {ImportDataCommand.class},
        footer = {"", "Examples:", "  mugv data import samples --to shards"})
final class DataCommand extends CommandGroup {}
