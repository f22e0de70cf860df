package dev.mugv.jobs.cli;

import dev.mugv.steps.database.DatabaseAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/** The command line as a person gives it, within this process: what it says on both streams, from its first command on. */
public final class TypedCommand {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** The code that the command ends with. */
    public int run(String... arguments) {
        CommandLine line = MugvMain.commandLine(arguments);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    public String out() {
        return out.toString();
    }

    public String err() {
        return err.toString();
    }

    /** The demo's configuration with this workspace and database, as a file of the folder. */
    public static Path configuration(Path folder, Path workspace, DatabaseAddress database) throws IOException {
        Path password = Files.writeString(folder.resolve("password"), database.password());
        String demo = Files.readString(Path.of("..", "ops", "demo", "demo.yaml"));
        return Files.writeString(
                folder.resolve("demo.yaml"),
                demo.replaceFirst("(?m)^workspace: .*", "workspace: " + workspace)
                        + "\ndatabase: {url: \"%s\", user: %s, password-file: %s, separation: waived}\n"
                                .formatted(database.url(), database.user(), password));
    }
}
