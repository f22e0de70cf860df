package dev.mugv.model.checkpoint;

import dev.mugv.model.config.Layout;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a training stood: {@code state.json}. Data order and noise are functions of the batch's number, so that the position is
 * two numbers under every layout; the samples drawn say it in a unit that people compare.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param update updates done; the next one is one higher
 * @param batch number of the last batch shown; higher than the update where batches were left out
 * @param samplesDrawn samples of all batches up to that one
 * @param seeds every seed by purpose
 * @param configurationHash SHA-256 of what decides the result: parameters and inputs
 * @param codeVersion code that wrote it
 * @param environment threads, instruction set and library versions, which decide the last bits
 * @param layout how the training was spread over ranks
 * @param ancestors updates of the checkpoints at which another environment, another layout or a rewind took over, oldest first
 * @param validationLoss on the stage's grid after this update, where it was measured
 * @param guard what the watch over losses and gradients remembers, by name
 */
public record CheckpointState(
        int formatVersion,
        long update,
        long batch,
        long samplesDrawn,
        Map<String, Long> seeds,
        String configurationHash,
        String codeVersion,
        Map<String, String> environment,
        Layout layout,
        List<Long> ancestors,
        Optional<Double> validationLoss,
        SortedMap<String, Double> guard) {
    public static final int FORMAT_VERSION = 2;
    public static final String FILE_NAME = "state.json";

    public CheckpointState {
        seeds = Collections.unmodifiableMap(new TreeMap<>(seeds));
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        ancestors = List.copyOf(ancestors);
        guard = Collections.unmodifiableSortedMap(new TreeMap<>(guard));
        if (formatVersion != FORMAT_VERSION || update < 0 || batch < update || samplesDrawn < 0) {
            throw new IllegalArgumentException("checkpoint format version %d (this build reads %d), update %d, batch %d"
                    .formatted(formatVersion, FORMAT_VERSION, update, batch));
        }
    }
}
