package dev.mugv.model.run;

/** What a worker can be asked to do; the name in lower case with hyphens stands in work orders, folders and logs. */
public enum TaskKind {
    CURATE_VIDEO,
    COMPARE_CLIPS,
    CHECK_FILTERS,
    CAPTION_CLIPS,
    TRAIN_VAE,
    IMPORT_VAE,
    ENCODE_LATENTS,
    IMPORT_LATENTS,
    IMPORT_MODEL,
    TRAIN_MODEL,
    EXPAND_WIDTH,
    CHOOSE_TRIAL,
    MERGE_CHECKPOINTS,
    GENERATE_PREFERENCES,
    REVERSE_SAMPLE,
    REWRITE_PROMPTS,
    EVALUATE_MODEL,
    EVALUATE_VAE,
    BENCHMARK_MODEL,
    RANK_CHECK,
    /** Makes nothing of use: what {@code mugv certify} has done, to count who does it. */
    LEAVE_WITNESS;

    /** Whether one piece of it is carried out by several processes, which need to know of each other. */
    public boolean runsOnRanks() {
        return this == RANK_CHECK || isDataParallel();
    }

    /**
     * Whether the number of ranks is part of what decides the result. That of a training is not: in exact mode the bits are the
     * same, in fast mode so within rounding; and a training goes on when their number changes.
     */
    public boolean isDecidedByRanks() {
        return !isDataParallel();
    }

    /** Whether it is a training, whose ranks divide the samples of each update among them. */
    public boolean isDataParallel() {
        return this == TRAIN_MODEL || this == TRAIN_VAE;
    }

    /** For example {@code curate-video}. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
