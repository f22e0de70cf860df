package dev.mugv.kernels.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mugv.kernels.collective.CollectiveFailure.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Ranks are processes under mpirun. All scenarios that succeed are run by one world a size, which is started once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MpiCommunicatorTest extends CommunicatorContract {
    @TempDir
    Path folder;

    private final Map<Integer, List<List<String>>> worlds = new TreeMap<>();

    @BeforeAll
    static void requireMpi() {
        boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "mpirun")));
        assumeTrue(found, "No Open MPI: mpirun is not on the path");
    }

    @Override
    void run(int size, Scenario scenario) throws Exception {
        List<List<String>> ranks;
        if (scenario.isFailing()) {
            ranks = start(size, 1_500, List.of(scenario));
        } else {
            ranks = worlds.containsKey(size) ? worlds.get(size) : start(size, 60_000, fitting(size));
            worlds.put(size, ranks);
        }
        List<String> failures = new ArrayList<>();
        for (List<String> lines : ranks) {
            lines.stream().filter(line -> !line.startsWith("ok ")).forEach(failures::add);
        }
        // The first cause, not those that only heard of it.
        failures.sort((a, b) -> Boolean.compare(a.contains(" ABORTED "), b.contains(" ABORTED ")));
        if (!failures.isEmpty()) {
            throw thrown(failures.get(0));
        }
        assertThat(ranks).hasSize(size).allSatisfy(lines -> assertThat(lines).contains("ok " + scenario));
    }

    /** Groups and messages are for several ranks, and of some sizes. */
    private static List<Scenario> fitting(int size) {
        return Arrays.stream(Scenario.values())
                .filter(scenario -> !scenario.isFailing())
                .filter(scenario -> scenario.fits(size))
                .toList();
    }

    private List<List<String>> start(int size, long deadlineMillis, List<Scenario> scenarios)
            throws IOException, InterruptedException {
        Path results = Files.createTempDirectory(folder, "world");
        Process process = mpirun(
                size, deadlineMillis, scenarios.stream().map(Scenario::name).toList(), results);
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("mpirun has not ended: " + Files.readString(results.resolve("log")));
        }
        List<List<String>> ranks = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            Path file = results.resolve("rank-" + rank + ".txt");
            if (!Files.exists(file)) {
                throw new AssertionError("rank " + rank + " left no word: " + Files.readString(results.resolve("log")));
            }
            ranks.add(Files.readAllLines(file));
        }
        return ranks;
    }

    private static Process mpirun(int size, long deadlineMillis, List<String> scenarios, Path results)
            throws IOException {
        List<String> command =
                new ArrayList<>(List.of("mpirun", "--oversubscribe", "--bind-to", "none", "-np", "" + size));
        command.addAll(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m"));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(MpiScenarioMain.class.getName(), results.toString(), "" + size, "" + deadlineMillis));
        command.addAll(scenarios);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(results.resolve("log").toFile());
        builder.environment().putAll(Map.of("OMPI_ALLOW_RUN_AS_ROOT", "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"));
        return builder.start();
    }

    private static Exception thrown(String line) {
        String[] words = line.split(" ", 4);
        if (!words[0].equals("failure")) {
            return new IllegalStateException(line);
        }
        List<Integer> ranks = Arrays.stream(words[2].replaceAll("[\\[\\]]", "").split(","))
                .filter(word -> !word.isEmpty())
                .map(Integer::valueOf)
                .toList();
        return new CollectiveFailure(Reason.valueOf(words[1]), ranks, words[3], null);
    }

    @Test
    void aRankThatIsKilledEndsAllOthersAndNoneHangs() throws Exception {
        Path results = Files.createTempDirectory(folder, "killed");
        // The deadline is far away: it is the launcher that sees a process die.
        Process process = mpirun(3, 100_000, List.of(MpiScenarioMain.KILL), results);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("mpirun has ended").isTrue();
        assertThat(process.exitValue()).isNotZero();
        assertThat(results.resolve("log")).content().contains("signal 9");
    }

    @Test
    void aMissingLibraryIsNamed() {
        assertThatThrownBy(() ->
                        MpiCommunicator.open("libmpi-of-nowhere.so", 1, Duration.ofSeconds(5), Duration.ofSeconds(5)))
                .isInstanceOfSatisfying(
                        CollectiveFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.LIBRARY))
                .hasMessageContaining("libmpi-of-nowhere.so")
                .hasMessageContaining("libopenmpi3");
    }
}
