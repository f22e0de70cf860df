package dev.mugv.model.checkpoint;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a training stood: {@code state.json}. Data order and noise are functions of the update, so that the update alone
 * is the position; the samples drawn say it in a unit that people compare.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param update updates done; the next one is one higher
 * @param samplesDrawn samples that those updates have used
 * @param seeds every seed by purpose
 * @param configurationHash SHA-256 of what decides the result: parameters and inputs
 * @param codeVersion code that wrote it
 * @param environment threads and library versions, which decide the last bits
 */
public record CheckpointState(
        int formatVersion,
        long update,
        long samplesDrawn,
        Map<String, Long> seeds,
        String configurationHash,
        String codeVersion,
        Map<String, String> environment) {
    public static final int FORMAT_VERSION = 1;
    public static final String FILE_NAME = "state.json";

    public CheckpointState {
        seeds = Collections.unmodifiableMap(new TreeMap<>(seeds));
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        if (formatVersion != FORMAT_VERSION || update < 0 || samplesDrawn < 0) {
            throw new IllegalArgumentException("checkpoint format version %d (this build reads %d), update %d"
                    .formatted(formatVersion, FORMAT_VERSION, update));
        }
    }
}
