package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs the pipeline, or one job of it, to its end.",
            "",
            "What is finished and up to date is not done again: content decides, never dates. Ctrl-C stops in order; any"
                    + " kill is safe. The same command goes on."
        },
        footer = {
            "",
            "Examples:",
            "  mugv run --config my.yaml",
            "  mugv run --config my.yaml --job curate-videos",
            "  mugv run --config my.yaml --workspace /scratch/try2"
        })
final class RunCommand implements Callable<Integer> {
    static final String PIPELINE = "pipeline";

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = {"-j", "--job"},
            paramLabel = "JOB",
            defaultValue = PIPELINE,
            description = "Job to run: pipeline (all, the default), curate-videos, train-vae, encode-latents, pretrain,"
                    + " finetune, align or evaluate; or check-ranks, which tries an allocation of several ranks and makes"
                    + " nothing.")
    private String job = PIPELINE;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Work work = new Work(
                options.select(PathCheck.REQUIRED),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
        return work.run(job, options.logPlace()).code();
    }
}
