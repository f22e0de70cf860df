package dev.mugv.model.config;

import java.util.List;

/**
 * The curriculum; the width expansion happens between the two lists (mugv.md, section 5.2).
 *
 * @param proxy stages of the narrow model, at least one
 * @param full stages of the wide model, at least one
 */
public record PretrainingConfiguration(List<TrainingStage> proxy, List<TrainingStage> full) {
    public PretrainingConfiguration {
        proxy = List.copyOf(proxy);
        full = List.copyOf(full);
        new Faults()
                .require(!proxy.isEmpty(), "proxy", "expected at least one stage, found none")
                .require(!full.isEmpty(), "full", "expected at least one stage, found none")
                .throwIfAny();
    }
}
