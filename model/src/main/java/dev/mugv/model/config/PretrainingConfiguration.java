package dev.mugv.model.config;

import java.util.List;

/**
 * The curriculum; the width expansion happens between the two lists (mugv.md, section 5.2).
 *
 * @param proxy stages of the narrow model; none of them and no expansion where training starts from weights of the full one
 * @param full stages of the wide model; none where given weights go straight to finetuning
 */
public record PretrainingConfiguration(
        @Default("[]") List<TrainingStage> proxy,
        @Default("[]") List<TrainingStage> full) {
    public PretrainingConfiguration {
        proxy = List.copyOf(proxy);
        full = List.copyOf(full);
    }
}
