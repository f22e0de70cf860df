package dev.mugv.model.train;

import dev.mugv.model.format.ValidationLine;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;

/** The growing {@code validation-losses.jsonl} of a training; cut back, when it goes on, to what the checkpoint has seen. */
final class ValidationLog implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final List<ValidationLine> earlier;

    private ValidationLog(Path file, FileChannel channel, List<ValidationLine> earlier) {
        this.file = file;
        this.channel = channel;
        this.earlier = List.copyOf(earlier);
    }

    /**
     * The log of a training that goes on after an update: lines of later ones and a torn last one are cut off.
     *
     * @param update negative for a training that begins
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} if the first validation is missing
     */
    static ValidationLog resume(Path file, long update) {
        List<ValidationLine> kept = new ArrayList<>();
        long bytes = 0;
        if (update >= 0) {
            try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
                for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                    ValidationLine line = Json.parse(text, ValidationLine.class);
                    if (line.update() > update) {
                        break;
                    }
                    kept.add(line);
                    bytes += text.length() + 1L;
                }
            } catch (JacksonException | NoSuchFileException | CharacterCodingException torn) {
                requireFirst(file, kept, update);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            requireFirst(file, kept, update);
        }
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(bytes);
            channel.position(bytes);
            return new ValidationLog(file, channel, kept);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireFirst(Path file, List<ValidationLine> kept, long update) {
        if (kept.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot resume from '%s': expected validations up to update %d, found none. Delete the folder '%s' to train again from the start."
                            .formatted(file, update, file.getParent()));
        }
    }

    /** Those that were there when it went on. */
    List<ValidationLine> lines() {
        return earlier;
    }

    Path file() {
        return file;
    }

    void append(ValidationLine line) {
        ByteBuffer bytes = ByteBuffer.wrap((Json.text(line) + "\n").getBytes(StandardCharsets.US_ASCII));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the file, not of this channel, which the training's thread may write to and close meanwhile. */
    void force() {
        try (FileChannel lines = FileChannel.open(file, StandardOpenOption.WRITE)) {
            lines.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
