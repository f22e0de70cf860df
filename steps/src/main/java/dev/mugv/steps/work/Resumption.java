package dev.mugv.steps.work;

import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.TaskKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a further attempt finds of the work of those before it. A training goes on from its last verified checkpoint, so an
 * end at the time limit is the end of a segment; any other task begins again, so it needs more time.
 */
final class Resumption {
    /** How often other tasks are given twice the time before that is a failure for good. */
    static final int DOUBLINGS = 3;

    private static final Set<TaskKind> SAVING = EnumSet.of(TaskKind.TRAIN_VAE, TaskKind.TRAIN_MODEL);
    private static final String TIME_LIMIT = "time-limit ";

    private Resumption() {}

    /** Whether the task saves its work and goes on from there. */
    static boolean isPossible(TaskKind task) {
        return SAVING.contains(task);
    }

    /** By what the time limit of an attempt is multiplied: it doubles with every earlier one that reached it. */
    static int timeFactor(List<AttemptEntry> attempts, TaskKind task, int number) {
        if (isPossible(task)) {
            return 1;
        }
        long reached = attempts.stream()
                .filter(attempt -> attempt.number() < number)
                .filter(attempt -> attempt.failure()
                        .filter(FailureClass.TIME_LIMIT::equals)
                        .isPresent())
                .count();
        return 1 << (int) Math.min(DOUBLINGS, reached);
    }

    /** Whether the batch script asked its worker to stop because the time limit was near. */
    static boolean wasAskedAtTimeLimit(AttemptFolder folder) {
        Path stop = folder.stopFile();
        try {
            return Files.exists(stop) && Files.readString(stop).startsWith(TIME_LIMIT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
