package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FollowUpTest {
    private static final String HOME = "mugv.home";
    private static final String NASTY = "it's $(touch owned) `touch owned`; \"x\" & > %d * \\ ~\nnext";

    @TempDir
    Path folder;

    private final String before = System.getProperty(HOME, "");

    @AfterEach
    void putsHomeBack() {
        System.setProperty(HOME, before);
    }

    /** The script as Slurm runs it: with names of folders that are shell from end to end. */
    @Test
    void noNameOfAFolderBecomesShell() throws Exception {
        Path home = Files.createDirectories(folder.resolve(NASTY + " home"));
        Path program = Files.writeString(home.resolve("mugv"), "#!/bin/bash\nprintf '%s\\0' \"$@\"\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        System.setProperty(HOME, home.toString());
        Path workspace = Files.createDirectories(folder.resolve(NASTY + " workspace"));
        SelectedRun run = run(workspace, "jdbc:postgresql://db.cluster:5432/mugv");
        Path script = Files.writeString(
                folder.resolve("script"),
                new FollowUp(run, "pipeline").text(List.of("12", "13", "x;y"), workspace, "0".repeat(32)));

        assertThat(Files.readString(script))
                .contains("#SBATCH --dependency=afterany:12:13\n")
                .contains("#SBATCH --export=NONE\n");
        assertThat(run("/bin/bash", "-n", script.toString())).isZero();
        assertThat(run("/bin/bash", script.toString())).isZero();
        assertThat(Files.readString(workspace.resolve("follow-up.log"), StandardCharsets.UTF_8)
                        .split("\0"))
                .containsExactly(
                        "advance",
                        "--config",
                        run.file().toString(),
                        "--workspace",
                        workspace.toString(),
                        "--job",
                        "pipeline",
                        "--follow-up");
        assertThat(folder.resolve("owned")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:postgresql://localhost/mugv", "jdbc:postgresql://127.0.0.1:5432/mugv"})
    void aDatabaseThatOnlyThisMachineReachesIsRefused(String url) throws IOException {
        SelectedRun run = run(folder, url);
        assertThatThrownBy(() -> FollowUp.requireReach(run))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected 'database.url' of a server that nodes reach, found '" + url + "'");
    }

    @Test
    void theEmbeddedDatabaseIsRefused() {
        PipelineConfiguration demo = ConfigurationFile.read(Path.of("../ops/demo/demo.yaml"), PathCheck.SKIPPED);
        assertThatThrownBy(() -> FollowUp.requireReach(new SelectedRun(Path.of("/demo.yaml"), demo)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("found the embedded server of this machine");
    }

    @Test
    void aServerOnTheNetworkIsTaken() throws IOException {
        FollowUp.requireReach(run(folder, "jdbc:postgresql://db.cluster/mugv"));
    }

    /** Slurm keeps scripts and environments of jobs where administrators read them. */
    @Test
    void aPasswordIsInNoScriptAndOneInTheEnvironmentIsRefused() throws IOException {
        Path secret = Files.writeString(folder.resolve("password"), "correct horse battery staple");
        SelectedRun byFile =
                run(folder, "jdbc:postgresql://db.cluster/mugv', password-file: '" + secret + "', user: 'mugv");
        FollowUp.requireReach(byFile);
        assertThat(new FollowUp(byFile, "pipeline").text(List.of("12"), folder, "0".repeat(32)))
                .doesNotContain("correct horse battery staple");
        // Any variable that is set where the test runs stands for one with a password.
        SelectedRun byVariable = run(folder, "jdbc:postgresql://db.cluster/mugv', password-variable: 'PATH");
        assertThatThrownBy(() -> FollowUp.requireReach(byVariable))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("found the password in PATH, which no job is given");
    }

    @Test
    void aNodeWhoseWorkspaceIsAnotherIsNoPlaceForAController() throws IOException {
        String demo = Files.readString(Path.of("../ops/demo/demo.yaml"));
        Path file = Files.writeString(
                folder.resolve("run.yaml"),
                demo + "\ndatabase: {url: 'jdbc:postgresql://db.cluster/mugv'}\n"
                        + "slurm: {ssh: {host: login, user: me, storage: {workspace: /scratch}}}\n");
        SelectedRun run = new SelectedRun(file, ConfigurationFile.read(file, PathCheck.SKIPPED));
        assertThatThrownBy(() -> FollowUp.requireReach(run))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("found 'slurm.ssh.storage'");
    }

    private SelectedRun run(Path workspace, String url) throws IOException {
        String demo = Files.readString(Path.of("../ops/demo/demo.yaml"));
        Path file = Files.writeString(folder.resolve("run.yaml"), demo + "\ndatabase: {url: '" + url + "'}\n");
        PipelineConfiguration read = ConfigurationFile.read(file, PathCheck.SKIPPED);
        return new SelectedRun(file, read.withWorkspace(workspace));
    }

    private int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).directory(folder.toFile()).start().waitFor();
    }
}
