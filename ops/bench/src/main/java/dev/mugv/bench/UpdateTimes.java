package dev.mugv.bench;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.train.UpdateProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Trains models 144, 288 and 1152 wide through the real task, one thread, and prints for each: the median time of an update, where
 * the time went, and how long training was held up by a checkpoint, in updates (bar: under one). Arguments: as many times width, layers,
 * side in pixels, updates and updates between checkpoints (144 2 64 60 10 288 4 64 60 10 1152 4 64 8 4 without any).
 */
public final class UpdateTimes {
    private static final List<String> SHARES = List.of("compute", "communication", "data", "checkpoint", "idle");

    private UpdateTimes() {}

    public static void main(String[] arguments) throws IOException {
        int[] a = arguments.length == 0
                ? new int[] {144, 2, 64, 60, 10, 288, 4, 64, 60, 10, 1152, 4, 64, 8, 4}
                : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        for (int i = 0; i + 4 < a.length; i += 5) {
            Path folder = Files.createTempDirectory("update-times");
            DitSize size = new DitSize(a[i], a[i + 1], 16, 8);
            List<MetricsLine> lines = UpdateProbe.train(folder, size, a[i + 2], a[i + 3], a[i + 4]);
            print(size, a[i + 4], lines.subList(1, lines.size()));
            delete(folder);
        }
    }

    private static void print(DitSize size, int checkpointEvery, List<MetricsLine> lines) {
        double update = median(lines.stream()
                .map(line -> line.figure(MetricsLine.SECONDS_PER_UPDATE))
                .toList());
        List<Double> stalls = new ArrayList<>();
        for (MetricsLine line : lines) {
            if (line.update() > 1 && (line.update() - 1) % checkpointEvery == 0) {
                double share = line.figure("checkpoint-share");
                stalls.add(share / (1 - share) * line.figure(MetricsLine.SECONDS_PER_UPDATE) / update);
            }
        }
        String shares = SHARES.stream()
                .map(share -> "%s %.1f %%"
                        .formatted(
                                share,
                                100
                                        * lines.stream()
                                                .mapToDouble(line -> line.figure(share + "-share"))
                                                .average()
                                                .orElse(0)))
                .collect(Collectors.joining(", "));
        System.out.printf(
                "%d wide, %d blocks: update %.1f ms (median of %d), %.0f tokens/s; %s; a checkpoint holds up %.2f updates (median of %d), %.2f at most%n",
                size.width(),
                size.layers(),
                1000 * update,
                lines.size(),
                median(lines.stream()
                        .map(line -> line.figure("tokens-per-second"))
                        .toList()),
                shares,
                median(stalls),
                stalls.size(),
                stalls.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN));
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted((x, y) -> y.compareTo(x)).toList()) {
                Files.delete(path);
            }
        }
    }
}
