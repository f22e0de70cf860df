package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mugv resume}. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Goes on with a stopped, failed or killed run.",
            "",
            "The same job with the configuration that the run was started with; without options, of the run that was"
                    + " last started here."
        },
        footer = {"", "Examples:", "  mugv resume", "  mugv resume --workspace /scratch/try2"})
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.select(PathCheck.REQUIRED);
        String job = RunRecord.find(run.identity().workspace())
                .map(RunRecord::job)
                .orElseThrow(() -> new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot resume run '%s': expected a run in workspace '%s', found none. Start it with 'mugv run'."
                                .formatted(run.identity().name(), run.identity().workspace())));
        Work work =
                new Work(run, spec.commandLine().getOut(), spec.commandLine().getErr());
        return work.run(job, options.logPlace()).code();
    }
}
