package dev.mugv.model.train;

import java.util.List;
import java.util.stream.Stream;

/**
 * Where a training stands.
 *
 * @param update updates done
 * @param batch number of the last batch shown
 * @param ancestors updates of the checkpoints that another environment, another layout or a rewind went on from
 */
record TrainingPosition(long update, long batch, List<Long> ancestors) {
    static final TrainingPosition START = new TrainingPosition(0, 0, List.of());

    TrainingPosition {
        ancestors = List.copyOf(ancestors);
    }

    TrainingPosition next() {
        return new TrainingPosition(update + 1, batch + 1, ancestors);
    }

    /** The same place, from which something else than before goes on. */
    TrainingPosition fork() {
        return new TrainingPosition(
                update,
                batch,
                Stream.concat(ancestors.stream(), Stream.of(update)).distinct().toList());
    }

    /** The same place with batches left out. */
    TrainingPosition withBatch(long other) {
        return new TrainingPosition(update, other, ancestors);
    }
}
