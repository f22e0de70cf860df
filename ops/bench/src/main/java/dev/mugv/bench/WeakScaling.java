package dev.mugv.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Weak scaling of data parallelism from one to two ranks of one thread, over MPI: updates a second of two ranks that train one model
 * together, as a share of what two processes reach that train one each at the same time, with as many samples a process. Both are run
 * in turns, and the medians of a turn are compared. Arguments: width, layers, samples a rank, updates, side of the frames in pixels,
 * mode, turns (288 4 2 40 64 exact 3 without any). Needs mpirun.
 */
public final class WeakScaling {
    private static final String PROBE = "dev.mugv.model.train.ScalingProbe";

    private WeakScaling() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String[] a = arguments.length == 0 ? new String[] {"288", "4", "2", "40", "64", "exact", "3"} : arguments;
        Path folder = Files.createTempDirectory("weak-scaling");
        System.out.println(
                "width %s, layers %s, samples a rank %s, updates %s, side %s, mode %s".formatted((Object[]) a));
        List<Double> ratios = new ArrayList<>();
        for (int turn = 0; turn < Integer.parseInt(a[6]); turn++) {
            double apart = apart(folder.resolve("apart-" + turn), a);
            double together = together(folder.resolve("together-" + turn), a);
            ratios.add(apart / together);
            System.out.printf(
                    "turn %d: apart %.1f ms an update, together %.1f ms, ratio %.3f%n",
                    turn, 1e3 * apart, 1e3 * together, apart / together);
        }
        ratios.sort(null);
        System.out.printf("median ratio %.3f%n", ratios.get(ratios.size() / 2));
    }

    /** Seconds of an update of two processes that know nothing of each other: of the slower one. */
    private static double apart(Path folder, String[] a) throws IOException, InterruptedException {
        Process one = start(List.of(), folder.resolve("1"), a, 1);
        Process other = start(List.of(), folder.resolve("2"), a, 1);
        return Math.max(median(one, folder.resolve("1")), median(other, folder.resolve("2")));
    }

    private static double together(Path folder, String[] a) throws IOException, InterruptedException {
        Process ranks = start(List.of("mpirun", "--oversubscribe", "--bind-to", "none", "-np", "2"), folder, a, 2);
        return median(ranks, folder);
    }

    private static Process start(List<String> launcher, Path folder, String[] a, int ranks) throws IOException {
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                PROBE,
                folder.toString()));
        command.addAll(Arrays.asList(a).subList(0, 6));
        command.add(Integer.toString(ranks));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "DJL_OFFLINE", "true",
                        "OMP_NUM_THREADS", "1",
                        "OMP_WAIT_POLICY", "passive",
                        "OMPI_ALLOW_RUN_AS_ROOT", "1",
                        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"));
        return builder.start();
    }

    private static double median(Process process, Path folder) throws IOException, InterruptedException {
        if (process.waitFor() != 0) {
            throw new IllegalStateException(Files.readString(folder.resolve("log"), StandardCharsets.UTF_8));
        }
        try (Stream<String> lines = Files.lines(folder.resolve("log"))) {
            double[] seconds = lines.filter(line -> line.startsWith("seconds "))
                    .flatMap(line -> Arrays.stream(line.split(" ")).skip(1))
                    .mapToDouble(Double::parseDouble)
                    .sorted()
                    .toArray();
            return seconds[seconds.length / 2];
        }
    }
}
