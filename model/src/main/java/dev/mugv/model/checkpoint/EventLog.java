package dev.mugv.model.checkpoint;

import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.TaskContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.time.Clock;

/** Writes a training's events to its durable folder and to the attempt's log; of several ranks only the leader writes. */
public final class EventLog {
    private final TaskContext context;
    private final Rank rank;
    private final Clock clock;

    /**
     * @param rank which of the training's ranks this is
     */
    public EventLog(TaskContext context, Rank rank, Clock clock) {
        this.context = context;
        this.rank = rank;
        this.clock = clock;
    }

    /** Records an event. Where the disk is full the attempt's log is what remains; the event is no reason to end. */
    public void record(TrainingEvent.Kind kind, long update, String message) {
        context.log(message);
        if (!rank.leads()) {
            return;
        }
        // A line break first: what a crash left of the line before must not take this one with it.
        String line = "\n" + Json.text(new TrainingEvent(clock.instant(), kind, update, message)) + "\n";
        try (FileChannel channel = FileChannel.open(
                context.durableFolder().resolve(TrainingEvent.FILE_NAME),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        } catch (IOException e) {
            context.log("Cannot record the event above: %s. The work goes on.".formatted(e));
        }
    }
}
