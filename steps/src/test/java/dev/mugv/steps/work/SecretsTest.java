package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.script.Resources;
import dev.mugv.slurm.script.WorkerArrayScript;
import dev.mugv.steps.database.DatabaseAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a secret could get into: what Slurm keeps of a job, and what is logged. */
class SecretsTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @Test
    void ofTheControllersEnvironmentAScriptHoldsNothing() {
        JavaWorkerProgram program =
                new JavaWorkerProgram(Path.of("/opt/java/bin/java"), "/opt/mugv/lib/*", Path.of("/shared/run"));
        WorkResources resources = new WorkResources(2, 2048);
        String script = new WorkerArrayScript(
                        TOKEN,
                        Path.of("/shared/run/submissions/" + TOKEN),
                        1,
                        1,
                        new Resources(2, 2048, Duration.ofHours(1), List.of()),
                        program.command(resources),
                        program.environment(resources))
                .render();
        assertThat(program.environment(resources).keySet())
                .containsExactly(
                        "DJL_OFFLINE",
                        "GLIBC_TUNABLES",
                        "LC_ALL",
                        "MKL_CBWR",
                        "OMP_NUM_THREADS",
                        "OMP_WAIT_POLICY",
                        "OPT_OUT_TRACKING");
        assertThat(script.lines().filter(line -> line.startsWith("export "))).hasSize(7);
        assertThat(script).contains("#SBATCH --export=NONE\n");
        System.getenv().entrySet().stream()
                .filter(entry ->
                        entry.getValue().length() >= 12 && !entry.getValue().contains("/"))
                .forEach(entry -> assertThat(script).as(entry.getKey()).doesNotContain(entry.getValue()));
        assertThat(script.lines().filter(line -> line.matches("#SBATCH --(job-name|comment)=.*")))
                .containsExactly("#SBATCH --job-name=mugv-" + TOKEN, "#SBATCH --comment=mugv-" + TOKEN);
    }

    @Test
    void aDatabasesAddressIsLoggedWithoutItsPassword() {
        DatabaseAddress address = new DatabaseAddress("jdbc:postgresql://db/mugv", "me", "correct horse");
        assertThat(address + " " + List.of(address))
                .contains("me@jdbc:postgresql://db/mugv")
                .doesNotContain("correct horse");
    }
}
