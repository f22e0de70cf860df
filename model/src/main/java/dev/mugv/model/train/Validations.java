package dev.mugv.model.train;

import dev.mugv.model.checkpoint.EventLog;
import dev.mugv.model.config.PlateauRule;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.PlateauLooks;
import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.format.ValidationLine;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A training's validations: what each cell of the grid lost is kept, and a stage's plateau rule looks at it. The leading rank alone keeps and
 * looks, and all hear what came of it. What is kept of later updates than a training goes on from is forgotten, so a decision is a
 * function of the losses up to its update, whatever was killed in between.
 */
final class Validations implements AutoCloseable {
    private final TaskContext context;
    private final TrainingPlan plan;
    private final Trainable trainable;
    private final Ranks ranks;
    private final EventLog events;
    private Optional<ValidationLog> log = Optional.empty();
    private Optional<PlateauWatch> plateau = Optional.empty();
    private boolean ended;

    Validations(TaskContext context, TrainingPlan plan, Trainable trainable, Ranks ranks, EventLog events) {
        this.context = context;
        this.plan = plan;
        this.trainable = trainable;
        this.ranks = ranks;
        this.events = events;
    }

    /** Goes on after an update, or begins with the first validation; on all ranks. */
    void resume(long update) {
        close();
        if (ranks.leads() && plan.grid().isPresent()) {
            Path file = context.durableFolder().resolve(ValidationLine.FILE_NAME);
            log = Optional.of(ValidationLog.resume(file, update));
            look(update);
        }
        hear();
    }

    private void look(long update) {
        ValidationGrid grid = plan.grid().orElseThrow();
        plateau = plan.ending().map(schedule -> new PlateauWatch(plan.stage(), schedule, grid));
        plateau.filter(watch -> grid.clipIds().size() < PlateauRule.FEWEST_CLIPS)
                .ifPresent(watch -> context.log(
                        "'%s' %s".formatted(plan.stage(), watch.looks().words())));
        log.ifPresent(kept -> kept.lines().forEach(line -> plateau.ifPresent(watch -> watch.add(line))));
        ended = plateau.flatMap(watch -> watch.looks().end())
                .filter(end -> end.update() == update)
                .isPresent();
    }

    /** The loss of the weights as they are, and what a look at it brings; on all ranks. */
    Map<String, Double> measure(long update) {
        ValidationLine line = new ValidationLine(update, trainable.validationLosses());
        Map<String, Double> figures = new HashMap<>();
        figures.put(MetricsLine.VALIDATION_LOSS, line.mean());
        plan.grid().ifPresent(grid -> requireFinite(line, grid));
        log.ifPresent(kept -> kept.append(line));
        plateau.flatMap(watch -> watch.add(line)).ifPresent(look -> {
            figures.put("plateau-improvement", look.improvement());
            figures.put("plateau-improvement-low", look.low());
            figures.put("plateau-improvement-high", look.high());
            tell(look);
        });
        hear();
        return figures;
    }

    private void tell(PlateauLooks.Look look) {
        PlateauLooks looks = plateau.orElseThrow().looks();
        String message = "'%s' %s".formatted(plan.stage(), looks.words());
        if (look.ends()) {
            ended = true;
            events.record(TrainingEvent.Kind.PLATEAU, look.update(), message);
        } else {
            context.log(message);
        }
        PlateauWatch.write(looks, context.durableFolder());
    }

    private void hear() {
        if (plan.ending().isPresent()) {
            ended = ranks.sums(new double[] {ended ? 1 : 0})[0] > 0;
        }
    }

    private void requireFinite(ValidationLine line, ValidationGrid grid) {
        for (int cell = 0; cell < line.losses().size(); cell++) {
            if (!Double.isFinite(line.losses().get(cell))) {
                throw new WorkFailure(
                        FailureKind.DIVERGED,
                        "Cannot go on training '%s': the validation loss of clip %s at timestep %d of %d is %s after update %d. Lower the learning rate; the checkpoint before is kept."
                                .formatted(
                                        plan.stage(),
                                        grid.clipIds().get(cell / grid.timesteps()),
                                        cell % grid.timesteps() + 1,
                                        grid.timesteps(),
                                        line.losses().get(cell),
                                        line.update()));
            }
        }
    }

    /** Whether the rule has ended the stage: the same on all ranks. */
    boolean haveEnded() {
        return ended;
    }

    /** Makes what is kept survive a power failure; to be called before the checkpoint that relies on it. */
    void force() {
        log.ifPresent(ValidationLog::force);
    }

    /** Puts what is kept beside the model. */
    void copyTo(Path output) {
        log.ifPresent(kept -> {
            try {
                Files.copy(kept.file(), output.resolve(ValidationLine.FILE_NAME));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        plateau.ifPresent(watch -> PlateauWatch.write(watch.looks(), output));
    }

    /** Figures of the rule for the summary; none without one. */
    Map<String, Double> figures() {
        return plateau.map(watch -> (Map<String, Double>) watch.looks().figures())
                .orElse(Map.of());
    }

    @Override
    public void close() {
        log.ifPresent(ValidationLog::close);
        log = Optional.empty();
    }
}
