package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.Json;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A command that asks something about a run and prints the answer, for people or as JSON.
 *
 * @param <T> the answer, as it stands in the JSON
 */
abstract class RunQuestion<T> implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Finds the answer; what the run's videos or models are now need not be there any more. */
    abstract T answer(SelectedRun run);

    /** Prints the answer for people. */
    abstract void print(T answer, PrintWriter out);

    /** How the command ends with this answer; a question that was answered has been completed. */
    ExitCode exitCode(T answer) {
        return ExitCode.COMPLETED;
    }

    @Override
    public final Integer call() {
        T answer = answer(options.select(PathCheck.SKIPPED));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(Json.pretty(answer));
        } else {
            print(answer, out);
        }
        out.flush();
        return exitCode(answer).code();
    }
}
