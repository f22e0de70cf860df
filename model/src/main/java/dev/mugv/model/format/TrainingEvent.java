package dev.mugv.model.format;

import dev.mugv.model.run.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;

/**
 * Something that happened to a training and that whoever must answer for its result wants to know: one line of {@code
 * events.jsonl} in the training's durable folder, which outlives attempts.
 *
 * @param at when
 * @param kind what sort of thing
 * @param update updates done by then
 * @param message in words, for people
 */
public record TrainingEvent(Instant at, Kind kind, long update, String message) {
    public static final String FILE_NAME = "events.jsonl";

    /** What happens to a training besides updates. */
    public enum Kind {
        /** It went on from a checkpoint. */
        RESUMED,
        /** A checkpoint was not what its manifest says, and the one before it was taken. */
        STEPPED_BACK,
        /** It went on under other threads, libraries or another processor: not bit-equal to an undisturbed run. */
        ENVIRONMENT_CHANGED,
        /** It went on with another number of ranks in some dimension. */
        LAYOUT_CHANGED,
        /** An update's loss or gradients stood out. */
        SPIKE,
        /** It went back to a checkpoint because of a spike, and leaves out the batches since. */
        REWOUND,
        /** Its validation loss ceased to fall, and its plateau rule ended it. */
        PLATEAU,
        /** A rank needs longer than the others. */
        STRAGGLER,
        /** It ended by a failure. */
        FAILED
    }

    /** The events of a training, oldest first; a line torn by a crash is passed over. */
    public static List<TrainingEvent> readAll(Path durableFolder) {
        List<TrainingEvent> events = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(durableFolder.resolve(FILE_NAME))) {
                try {
                    events.add(Json.parse(line, TrainingEvent.class));
                } catch (JacksonException e) {
                    continue;
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(events);
    }
}
