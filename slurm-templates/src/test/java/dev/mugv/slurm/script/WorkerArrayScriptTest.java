package dev.mugv.slurm.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerArrayScriptTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Resources SMALL = new Resources(2, 2048, Duration.ofMinutes(90), List.of());

    @TempDir
    Path folder;

    @Test
    void rendersAnArrayByteForByte() throws IOException {
        WorkerArrayScript script = new WorkerArrayScript(
                TOKEN,
                Path.of("/shared/mugv/submissions/" + TOKEN),
                12,
                4,
                SMALL,
                List.of("/usr/bin/java", "-Xmx1024m", "-cp", "/opt/mugv/lib/*", "dev.mugv.model.worker.WorkerMain"),
                new TreeMap<>(Map.of("OMP_NUM_THREADS", "2", "DJL_OFFLINE", "true")));
        assertGolden("worker-array.sbatch", script.render());
    }

    @Test
    void rendersRanksOptionsAndOddNamesByteForByte() throws IOException {
        WorkerArrayScript script = new WorkerArrayScript(
                TOKEN,
                Path.of("/shared/it's $HOME; `x`/" + TOKEN),
                1,
                1,
                new Resources(2, 4, 8, 16_000, Duration.ofHours(50), List.of("--qos=long", "--gres=gpu:a100:8")),
                List.of("/opt/java 17/bin/java", "-Dname=a\nb", "Main"),
                new TreeMap<>(Map.of("NOTE", "$(id) \"quoted\"")));
        assertGolden("worker-array-options.sbatch", script.render());
    }

    @Test
    void refusesADirectiveThatCouldEndItsLine() {
        for (String option : List.of("--qos=a\nrm -rf /", "--qos=a b", "qos", "--comment='x'", "--x=$(id)")) {
            assertThatThrownBy(() -> new Resources(1, 1, Duration.ofMinutes(1), List.of(option)))
                    .as(option)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "expected a directive like --name=value without blanks and quotes, found '" + option + "'");
        }
    }

    /** An option is refused, or it is one line of comment to bash and one directive to Slurm. */
    @Test
    void noOptionBecomesShell() throws Exception {
        Random random = new Random(20261123);
        String[] pieces = {
            "--",
            "qos",
            "=",
            "a",
            "'",
            "\"",
            "$(touch owned)",
            "`touch owned`",
            "\n",
            "\r",
            ";",
            "&",
            "#",
            " ",
            "\t",
            "!",
            "[1-3]",
            "*",
            "\\",
            "%j",
            "é",
            ",",
            "gres",
            ":"
        };
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            String option = (round % 2 == 0 ? "--qos=" : "") + text(random, pieces);
            Resources resources;
            try {
                resources = new Resources(1, 100, Duration.ofMinutes(5), List.of(option));
            } catch (IllegalArgumentException refused) {
                continue;
            }
            accepted++;
            WorkerArrayScript script = new WorkerArrayScript(
                    TOKEN, Path.of("/shared/" + TOKEN), 1, 1, resources, List.of("true"), new TreeMap<>());
            List<String> lines = script.render().lines().toList();
            assertThat(lines)
                    .filteredOn(line -> line.startsWith("#SBATCH "))
                    .hasSize(14)
                    .contains("#SBATCH " + option);
            if (accepted % 40 == 1) {
                Path file = Files.writeString(folder.resolve("options-" + accepted), script.render());
                assertThat(run(new ProcessBuilder("/bin/bash", "-n", file.toString())))
                        .isZero();
            }
        }
        assertThat(accepted).isGreaterThan(300);
    }

    /** Texts of shell characters become folder, command and environment, and arrive as they were. */
    @Test
    void nothingInANameBecomesShell() throws Exception {
        Random random = new Random(20261122);
        String[] pieces = {
            "'",
            "\"",
            "\\",
            "$(touch owned)",
            "`touch owned`",
            "\n",
            ";",
            "&",
            "|",
            ">",
            "*",
            "?",
            " ",
            "~",
            "!",
            "#",
            "${HOME}",
            "%j",
            "@{token}",
            "é",
            "日",
            "-",
            "a",
            "\t",
            "{1,2}",
            "$'\\n'",
            "\r"
        };
        for (int round = 0; round < 25; round++) {
            String name = text(random, pieces).replace("/", "");
            String argument = text(random, pieces);
            Path submission = Files.createDirectories(folder.resolve("x" + round + name));
            Path attempt = Files.createDirectories(submission.resolve("attempts/0"));
            WorkerArrayScript script = new WorkerArrayScript(
                    TOKEN,
                    submission,
                    1,
                    1,
                    SMALL,
                    List.of("/bin/bash", "-c", "printf '%s\\0' \"$VALUE\" \"$@\" >received", "worker", argument),
                    new TreeMap<>(Map.of("VALUE", argument)));
            Path file = Files.writeString(submission.resolve("script.sbatch"), script.render());
            assertThat(run(new ProcessBuilder("/bin/bash", "-n", file.toString())))
                    .isZero();
            ProcessBuilder real = new ProcessBuilder("/bin/bash", file.toString());
            real.environment().put("SLURM_ARRAY_TASK_ID", "0");
            real.environment().put("LC_ALL", "C.UTF-8");
            assertThat(run(real)).as(script.render()).isZero();
            assertThat(Files.readString(attempt.resolve("received"), StandardCharsets.UTF_8)
                            .split("\0"))
                    .containsExactly(
                            argument,
                            argument,
                            "--order",
                            attempt.resolve("order.json").toString(),
                            "--attempt-folder",
                            attempt.toString(),
                            "--run",
                            "0");
            assertThat(attempt.resolve("owned")).doesNotExist();
        }
    }

    /** A signal that comes while the attempt is being claimed, before there is a worker, reaches it all the same. */
    @Test
    void aSignalThatComesBeforeTheWorkerHasStartedIsToldToIt() throws Exception {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path sync = Files.writeString(programs.resolve("sync"), "#!/bin/bash\nkill -TERM $PPID\n");
        assertThat(sync.toFile().setExecutable(true)).isTrue();
        Path submission = Files.createDirectories(folder.resolve("submission"));
        Path attempt = Files.createDirectories(submission.resolve("attempts/0"));
        WorkerArrayScript script = new WorkerArrayScript(
                TOKEN,
                submission,
                1,
                1,
                SMALL,
                List.of("/bin/bash", "-c", "read -r line <stop; [ \"$line\" = 'terminated run 0' ] && exit 72"),
                new TreeMap<>());
        Path file = Files.writeString(submission.resolve("script.sbatch"), script.render());
        ProcessBuilder real = new ProcessBuilder("/bin/bash", file.toString());
        real.environment().put("SLURM_ARRAY_TASK_ID", "0");
        real.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
        assertThat(run(real))
                .as("log of the run: %s", attempt.resolve("run-0.log"))
                .isEqualTo(72);
    }

    private static String text(Random random, String[] pieces) {
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
            chosen.add(pieces[random.nextInt(pieces.length)]);
        }
        return String.join("", chosen);
    }

    private static int run(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Whole-file equality; a golden file is written only on request, and a missing one fails. */
    private static void assertGolden(String name, String text) throws IOException {
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(GOLDEN.resolve(name), text);
        }
        assertThat(text).isEqualTo(Files.readString(GOLDEN.resolve(name)));
    }
}
