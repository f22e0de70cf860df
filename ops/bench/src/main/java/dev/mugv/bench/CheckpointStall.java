package dev.mugv.bench;

import dev.mugv.model.format.MetricsLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long the trainings of a workspace waited for their checkpoints, in updates: for each {@code metrics.jsonl} below the folder's
 * {@code artifacts} the updates, the checkpoints, the median update, and the median and longest wait over the median update of the
 * same training. Argument: the workspace of a run that has trained, such as the demo's.
 */
public final class CheckpointStall {
    private CheckpointStall() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("expected the workspace of a run, found " + arguments.length + " words");
        }
        List<Path> files;
        try (Stream<Path> paths = Files.walk(Path.of(arguments[0], "artifacts"))) {
            files = paths.filter(path -> path.endsWith(MetricsLine.FILE_NAME))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            print(file);
        }
    }

    private static void print(Path file) {
        List<MetricsLine> lines = MetricsLine.readAll(file);
        List<Double> updates = sorted(lines, MetricsLine.SECONDS_PER_UPDATE);
        List<Double> waits = sorted(lines, MetricsLine.SAVING_SECONDS);
        if (updates.isEmpty() || waits.isEmpty()) {
            return;
        }
        double update = middle(updates);
        System.out.printf(
                "%d updates of %.1f ms, %d checkpoints followed by one: waited for %.2f updates (median), %.2f (longest)  %s%n",
                updates.size(),
                1e3 * update,
                waits.size(),
                middle(waits) / update,
                waits.get(waits.size() - 1) / update,
                file.getName(file.getNameCount() - 2));
    }

    private static List<Double> sorted(List<MetricsLine> lines, String figure) {
        return lines.stream()
                .filter(line -> line.figures().containsKey(figure))
                .map(line -> line.figure(figure))
                .sorted()
                .toList();
    }

    private static double middle(List<Double> sorted) {
        return sorted.get(sorted.size() / 2);
    }
}
