package dev.mugv.model.train;

import dev.mugv.model.config.PlateauRule;
import dev.mugv.model.config.PlateauSchedule;
import dev.mugv.model.format.PlateauLooks;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.format.ValidationLine;
import dev.mugv.model.run.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Asks a stage's plateau rule at each validation that it looks at. A function of the validations alone. */
final class PlateauWatch {
    private final PlateauSchedule schedule;
    private final ValidationGrid grid;
    private final Deque<Long> updates = new ArrayDeque<>();
    private final Deque<double[]> losses = new ArrayDeque<>();
    private PlateauLooks looks;

    PlateauWatch(String stage, PlateauSchedule schedule, ValidationGrid grid) {
        this.schedule = schedule;
        this.grid = grid;
        this.looks = new PlateauLooks(
                stage, schedule, grid.clipIds().size(), grid.clipIds().size() * grid.timesteps(), List.of());
    }

    /** Takes the next validation; the look at it, if the rule looks there. */
    Optional<PlateauLooks.Look> add(ValidationLine line) {
        updates.addLast(line.update());
        losses.addLast(line.byClip(grid.timesteps()));
        if (updates.size() > schedule.rule().window() + 1) {
            updates.removeFirst();
            losses.removeFirst();
        }
        if (!schedule.looksAt(line.update()) || grid.clipIds().size() < PlateauRule.FEWEST_CLIPS) {
            return Optional.empty();
        }
        PlateauLooks.Look look = WindowTrend.look(new ArrayList<>(updates), new ArrayList<>(losses), schedule);
        looks = looks.with(look);
        return Optional.of(look);
    }

    PlateauLooks looks() {
        return looks;
    }

    /** Writes what was seen, whole or not at all. */
    static void write(PlateauLooks looks, Path folder) {
        Path pending = folder.resolve(PlateauLooks.FILE_NAME + ".pending");
        try {
            Files.writeString(pending, Json.pretty(looks));
            Files.move(pending, folder.resolve(PlateauLooks.FILE_NAME), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
