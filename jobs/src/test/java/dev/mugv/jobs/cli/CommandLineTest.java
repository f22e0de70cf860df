package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
    @TempDir
    Path folder;

    private final TypedCommand command = new TypedCommand();

    @Test
    void helpNamesEveryCommandAndEveryExitCode() {
        assertThat(run("--help")).isZero();
        assertThat(command.out())
                .contains("demo", "run", "status", "resume", "stop", "logs", "jobs", "clips", "checkpoints", "report")
                .contains("config", "db");
        for (ExitCode code : ExitCode.values()) {
            assertThat(command.out()).containsPattern("(?m)^ +" + code.code() + "  \\S");
        }
    }

    @Test
    void everyCommandHasADescriptionAndExamples() {
        commands(MugvMain.commandLine()).skip(1).forEach(command -> {
            String name = command.getCommandSpec().qualifiedName();
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(name)
                    .isNotEmpty();
            assertThat(String.join("\n", command.getCommandSpec().usageMessage().footer()))
                    .as(name)
                    .contains("Examples:")
                    .contains("mugv ");
        });
    }

    /** Of a command that is named the others are not even described: its name, and what it is given, must be found all the same. */
    @Test
    void aCommandThatIsNamedAloneIsTheOneOfTheWholeCommandLine() {
        CommandLine whole = MugvMain.commandLine();
        assertThat(whole.getSubcommands().keySet()).containsExactlyElementsOf(MugvCommand.COMMANDS.keySet());
        for (String name : MugvCommand.COMMANDS.keySet()) {
            CommandLine alone = MugvMain.commandLine(new String[] {name, "--help"});
            assertThat(alone.getSubcommands()).containsOnlyKeys(name);
            assertThat(alone.getSubcommands().get(name).getUsageMessage())
                    .isEqualTo(whole.getSubcommands().get(name).getUsageMessage());
        }
        assertThat(run("stauts")).isEqualTo(ExitCode.USAGE.code());
        assertThat(command.err()).contains("Did you mean 'status'?");
    }

    @Test
    void exitCodesAreDistinct() {
        assertThat(Arrays.stream(ExitCode.values()).map(ExitCode::code)).doesNotHaveDuplicates();
        for (FailureKind kind : FailureKind.values()) {
            assertThat(ExitCode.of(kind).code()).isEqualTo(kind.exitCode());
        }
    }

    @Test
    void aWrongOptionIsAnsweredInOneLine() {
        assertThat(run("status", "--jsn")).isEqualTo(ExitCode.USAGE.code());
        assertThat(command.err())
                .startsWith("Cannot understand the command line: Unknown option: '--jsn'. Did you mean")
                .contains("See 'mugv status --help'.")
                .doesNotContain("\tat ");
    }

    @Test
    void aFaultyConfigurationIsRefusedWithoutAStackTrace() throws Exception {
        Path file = Files.writeString(folder.resolve("x.yaml"), "name: x\n");
        assertThat(run("config", "check", file.toString())).isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(command.err())
                .startsWith("Cannot use the configuration '" + file + "': expected no fault, found ")
                .doesNotContain("\tat ");
    }

    @Test
    void aStackTraceIsShownWhenAskedFor() {
        assertThat(run("status", "--config", folder.resolve("none.yaml").toString(), "--verbose"))
                .isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(command.err()).startsWith("Cannot read the configuration").contains("\tat ");
    }

    @Test
    void aNewConfigurationIsValidAndNeverWrittenOverAnother() throws Exception {
        Path videos = Files.createDirectories(folder.resolve("it's here"));
        Files.writeString(videos.resolve("screening.csv"), "file,source,licence,consent,allowed-use\n");
        Path file = folder.resolve("My Cats.yaml");
        assertThat(run("config", "init", file.toString(), "--videos", videos.toString()))
                .isZero();
        PipelineConfiguration read = ConfigurationFile.read(file, PathCheck.REQUIRED);
        assertThat(read.name()).isEqualTo("my-cats");
        assertThat(read.videos().folder()).isEqualTo(videos);

        assertThat(run("config", "init", file.toString(), "--videos", videos.toString()))
                .isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(command.err()).contains("expected a new file, found one there");
    }

    @Test
    void whatCannotBeConvertedOrImportedIsSaidBeforeTheEngineStarts() {
        List<List<String>> commands = List.of(
                List.of("model", "convert", "dit.pt", "out"),
                List.of("model", "convert", "dit.pt", "out.pt", "--tensor-parallel", "4"),
                List.of("data", "import", "samples", "--to", "out", "--normalisation", "maybe"),
                List.of("data", "import", "samples", "--to", "out", "--fps", "0"));
        for (List<String> command : commands) {
            assertThat(run(command.toArray(String[]::new))).isEqualTo(ExitCode.INVALID_REQUEST.code());
        }
        assertThat(command.err())
                .contains("expected TO to end in .pt or .safetensors, or a --format, found 'out'")
                .contains("expected --tensor-parallel with the format megatron only, found it with pt")
                .contains("found 'maybe'")
                .contains("found 64 and 0.0");
    }

    @Test
    void aWorkspaceThatIsNotThereIsNotBegunByAPin() {
        Path nowhere = folder.resolve("nowhere");
        String demo = Path.of("..", "ops", "demo", "demo.yaml").toString();
        for (String pin : List.of("pin", "unpin")) {
            assertThat(run(pin, "finetune", "--workspace", nowhere.toString()))
                    .isEqualTo(ExitCode.INVALID_REQUEST.code());
            assertThat(command.err()).contains("Cannot find a run in workspace '" + nowhere + "': expected '");
            assertThat(run(pin, "finetune", "--config", demo, "--workspace", nowhere.toString()))
                    .isEqualTo(ExitCode.INVALID_REQUEST.code());
            assertThat(command.err())
                    .contains("Cannot find 'finetune': expected the workspace '" + nowhere
                            + "' of run 'demo', found nothing. Correct --workspace,");
        }
        assertThat(nowhere).doesNotExist();
    }

    @Test
    void costsAreMeasuredOfStagesThatThereAre() {
        String demo = Path.of("..", "ops", "demo", "demo.yaml").toString();
        assertThat(run("model", "costs", "--config", demo, "--repeats", "0"))
                .isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(run("model", "costs", "--config", demo, "--stage", "vae"))
                .isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(command.err())
                .contains("Cannot measure costs: expected at least 1 repeat, found 0. Correct --repeats.")
                .contains(
                        "Cannot measure costs: expected a stage that trains on latents, found none called 'vae'. Correct --stage.");
    }

    /** The head of the script as a careless shell starts it; the batch script's own umask stands in its template. */
    @Test
    void nothingThatTheScriptMakesCanBeWrittenByEverybody() throws Exception {
        Process head = new ProcessBuilder(
                        "/bin/bash",
                        "-c",
                        "umask 000; eval \"$(sed '/^self=/,$d' ../mugv)\"; : >\"$0\"",
                        folder.resolve("x").toString())
                .start();
        assertThat(head.waitFor()).isZero();
        assertThat(Files.getPosixFilePermissions(folder.resolve("x")))
                .doesNotContain(java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE);
    }

    private int run(String... arguments) {
        return command.run(arguments);
    }

    private static Stream<CommandLine> commands(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(CommandLineTest::commands));
    }
}
