package dev.mugv.jobs.certify;

import dev.mugv.model.format.WitnessLine;
import dev.mugv.model.run.Json;
import dev.mugv.slurm.executor.ElementId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/** What the runs of a trial say of themselves: one file each, whole lines only. */
final class Testimonies {
    private final Path folder;

    Testimonies(Path workspace) {
        this.folder = workspace.resolve(TrialOrder.WITNESSES);
    }

    List<RunTestimony> read() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted()
                    .map(Testimonies::lines)
                    .filter(lines -> !lines.isEmpty())
                    .map(RunTestimony::new)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<WitnessLine> lines(Path file) {
        List<WitnessLine> lines = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                lines.add(Json.parse(line, WitnessLine.class));
            }
        } catch (JacksonException beingWritten) {
            return lines; // the line that its writer was killed in, or is at
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    /** One run's words, in order, at least one. */
    record RunTestimony(List<WitnessLine> lines) {
        RunTestimony {
            lines = List.copyOf(lines);
        }

        private WitnessLine first() {
            return lines.get(0);
        }

        String piece() {
            return first().piece();
        }

        ElementId element() {
            return new ElementId(first().token(), first().index());
        }

        int run() {
            return first().run();
        }

        String host() {
            return first().host();
        }

        Instant from() {
            return first().at();
        }

        /** Its last sign of life. */
        Instant to() {
            return lines.get(lines.size() - 1).at();
        }

        boolean has(WitnessLine.Event event) {
            return lines.stream().anyMatch(line -> line.event() == event);
        }

        boolean isOver() {
            return has(WitnessLine.Event.DONE) || has(WitnessLine.Event.STOPPED);
        }

        @Override
        public String toString() {
            return "%s run %d of %s on %s (pid %d, job %s)"
                    .formatted(piece(), run(), element(), host(), first().pid(), first().job());
        }
    }
}
