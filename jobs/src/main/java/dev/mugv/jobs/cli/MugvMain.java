package dev.mugv.jobs.cli;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.StorageFailure;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry of the command line. */
public final class MugvMain {
    private static final String VERBOSE = "--verbose";

    private MugvMain() {}

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        int code = commandLine(arguments).execute(arguments);
        System.out.flush();
        // Not only returned: a pool's or a driver's thread must not keep a finished command alive.
        System.exit(code);
    }

    /** The whole command line. */
    static CommandLine commandLine() {
        return commandLine(MugvCommand.COMMANDS);
    }

    /**
     * The command line as far as these arguments need it: describing all commands by their annotations costs a third of a second, which one
     * that is named at once need not wait for.
     */
    static CommandLine commandLine(String[] arguments) {
        String first = arguments.length == 0 ? "" : arguments[0];
        Class<?> named = MugvCommand.COMMANDS.get(first);
        return named == null ? commandLine() : commandLine(Map.of(first, named));
    }

    private static CommandLine commandLine(Map<String, Class<?>> commands) {
        CommandLine line = new CommandLine(new MugvCommand());
        commands.forEach(line::addSubcommand);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((error, arguments) -> usageError(error));
        line.setExecutionExceptionHandler((error, command, parsed) -> failure(error, command, parsed));
        return line;
    }

    private static int usageError(CommandLine.ParameterException error) {
        CommandLine command = error.getCommandLine();
        PrintWriter out = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        String fact = String.valueOf(error.getMessage()).replaceAll("\\.+$", "");
        String next = "See '" + name + " --help'.";
        if (error instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            next = "Did you mean '" + unmatched.getSuggestions().get(0) + "'? " + next;
        }
        out.println("Cannot understand the command line: %s. %s".formatted(fact, next));
        return ExitCode.USAGE.code();
    }

    private static int failure(Exception error, CommandLine command, ParseResult parsed) {
        PrintWriter out = command.getErr();
        boolean verbose = parsed.expandedArgs().contains(VERBOSE);
        WorkFailure failure = asFailure(error, command.getCommandSpec().qualifiedName());
        out.println(failure.text());
        if (verbose) {
            error.printStackTrace(out);
        }
        return ExitCode.of(failure.kind()).code();
    }

    private static WorkFailure asFailure(Exception error, String command) {
        for (Throwable at = error; at != null; at = at.getCause()) {
            if (at instanceof WorkFailure failure) {
                return failure;
            }
            if (at instanceof IOException && StorageFailure.isDiskFull(at)) {
                return new WorkFailure(
                        FailureKind.RESOURCE_EXHAUSTED,
                        "Cannot complete '%s': the disk is full (%s). Free some space and give the command again; nothing is lost."
                                .formatted(command, at.getMessage()),
                        at);
            }
        }
        return new WorkFailure(
                FailureKind.DEFECT,
                "Cannot complete '%s': unexpected %s. Run it again with %s and report what it shows."
                        .formatted(command, oneLine(error), VERBOSE),
                error);
    }

    private static String oneLine(Exception error) {
        return Arrays.stream(error.toString().split("\n"))
                .findFirst()
                .orElse("failure")
                .replaceAll("\\.+$", "");
    }
}
