package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mugv config}. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes and checks configuration files.",
        subcommands = {ConfigCommand.Check.class, ConfigCommand.Init.class},
        footer = {"", "Examples:", "  mugv config init my.yaml --videos /data/videos", "  mugv config check my.yaml"})
final class ConfigCommand extends CommandGroup {
    /** {@code mugv config check}. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Checks a configuration file and names every fault with its line; runs nothing.",
            footer = {"", "Examples:", "  mugv config check my.yaml"})
    static final class Check implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "Configuration to check.")
        private Path file = Path.of("");

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            PipelineConfiguration read = ConfigurationFile.read(file, PathCheck.REQUIRED);
            PrintWriter out = spec.commandLine().getOut();
            out.println("'%s' is valid: run '%s', workspace '%s', %d + %d stages of pretraining, %d of alignment."
                    .formatted(
                            file,
                            read.name(),
                            read.workspace(),
                            read.pretrain().proxy().size(),
                            read.pretrain().full().size(),
                            read.align().stages().size()));
            return ExitCode.COMPLETED.code();
        }
    }

    /** {@code mugv config init}. */
    @Command(
            name = "init",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Writes a commented configuration to start from, with sizes for one small machine.",
            footer = {"", "Examples:", "  mugv config init my.yaml --videos /data/videos"})
    static final class Init implements Callable<Integer> {
        private static final String TEMPLATE = "configuration-template.yaml";

        @Parameters(paramLabel = "FILE", description = "File to write; must not exist.")
        private Path file = Path.of("");

        @Option(
                names = "--videos",
                paramLabel = "FOLDER",
                required = true,
                description = "Folder of videos; searched with its subfolders.")
        private Path videos = Path.of("");

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            String text = template()
                    .replace("@NAME@", name())
                    .replace("@VIDEOS@", quoted(videos))
                    .replace("@SCREENING@", quoted(videos.resolve("screening.csv")));
            try {
                Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
            } catch (FileAlreadyExistsException e) {
                throw refused("expected a new file, found one there", e);
            } catch (IOException e) {
                throw refused("expected a writable folder, found: " + e, e);
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println("Wrote '%s'. Say in '%s' what each video may be used for, then: mugv config check %s"
                    .formatted(file, videos.resolve("screening.csv"), file));
            return ExitCode.COMPLETED.code();
        }

        private WorkFailure refused(String fact, IOException cause) {
            return new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot write the configuration '%s': %s. Choose another name.".formatted(file, fact),
                    cause);
        }

        private static String quoted(Path path) {
            String plain = path.toAbsolutePath().normalize().toString();
            return "'" + plain.replace("'", "''") + "'";
        }

        /** The file's name, as far as it can be a run's name. */
        private String name() {
            String plain = String.valueOf(file.getFileName())
                    .replaceAll("\\.ya?ml$", "")
                    .toLowerCase(java.util.Locale.ROOT)
                    .replaceAll("[^a-z0-9-]+", "-")
                    .replaceAll("^[^a-z]+", "");
            return plain.isEmpty() ? "run" : plain.substring(0, Math.min(60, plain.length()));
        }

        private static String template() {
            try (InputStream in = ConfigCommand.class.getResourceAsStream(TEMPLATE)) {
                if (in == null) {
                    throw new IllegalStateException(TEMPLATE + " is not on the classpath");
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
