package dev.mugv.steps.lineage;

import dev.mugv.model.run.TaskKind;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a node of the graph can be; table {@code lineage_kind} has the same values. */
public enum NodeKind {
    /** A source file, by content. */
    VIDEO(1),
    CLIP(2),
    /** The words that describe a clip, and who wrote them. */
    CAPTION(3),
    TEXT_ENCODER(4),
    /** A caption as the text encoder encoded it. */
    TEXT_FEATURES(5),
    /** A clip as the VideoVAE encoded it, at one shape. */
    LATENT(6),
    /** Everything measured of one video. */
    CURATION(7),
    /** Which clips show the same. */
    COMPARISON(8),
    /** Captions of a shard of clips. */
    CAPTIONS(9),
    /** Latents and text features that were encoded together. */
    SHARD(10),
    /** A list of clips, with the weights by which they are drawn. */
    MANIFEST(11),
    /** A file that somebody gave: weights, a CSV. */
    GIVEN_FILE(12),
    CONFIGURATION(13),
    CODE_VERSION(14),
    /** Engine, threads, virtual machine, processor. */
    ENVIRONMENT(15),
    /** A machine. */
    NODE(16),
    /** A submission, which Slurm gave a job id. */
    SLURM_JOB(17),
    ATTEMPT(18),
    VAE(19),
    /** The recipe of a training with its inputs; checkpoints are states of it. */
    TRAINING(20),
    /** Weights after some update of a training, or as given or widened. */
    CHECKPOINT(21),
    MERGE(22),
    /** A generated video. */
    SAMPLE(23),
    /** Samples that were generated together. */
    SAMPLES(24),
    LABEL(25),
    /** A file of labels. */
    LABELS(26),
    EVALUATION(27),
    REPORT(28),
    /** A file that left the workspace. */
    EXPORT(29),
    /** Proof that something works, of no use to a model. */
    CHECK(30),
    /** What a service made of a prompt. */
    PROMPT(31),
    /** Prompts that were rewritten together. */
    PROMPTS(32);

    private final short code;

    NodeKind(int code) {
        this.code = (short) code;
    }

    /** As it stands in the database. */
    public short code() {
        return code;
    }

    /** For example {@code text-features}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind that people write so. */
    public static Optional<NodeKind> ofLabel(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst();
    }

    /** The kind that stands so in the database. */
    public static NodeKind ofCode(int code) {
        return Arrays.stream(values())
                .filter(kind -> kind.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "lineage kind " + code + " is of a newer build; this one knows " + values().length));
    }

    /** What the artifacts of a task are. */
    public static NodeKind of(TaskKind task) {
        return switch (task) {
            case CURATE_VIDEO -> CURATION;
            case COMPARE_CLIPS -> COMPARISON;
            case CAPTION_CLIPS -> CAPTIONS;
            case TRAIN_VAE, IMPORT_VAE -> VAE;
            case ENCODE_LATENTS, IMPORT_LATENTS -> SHARD;
            case IMPORT_MODEL, TRAIN_MODEL, EXPAND_WIDTH -> CHECKPOINT;
            case MERGE_CHECKPOINTS -> MERGE;
            case GENERATE_PREFERENCES, REVERSE_SAMPLE -> SAMPLES;
            case REWRITE_PROMPTS -> PROMPTS;
            case EVALUATE_MODEL, EVALUATE_VAE, BENCHMARK_MODEL, CHOOSE_TRIAL -> EVALUATION;
            case CHECK_FILTERS, RANK_CHECK, LEAVE_WITNESS -> CHECK;
        };
    }

    /**
     * Whether it is made of many things, so that its ancestors are kept with it. What is made from a few of these, such as a checkpoint
     * of a training, is counted through them.
     */
    boolean gathers() {
        return this == SHARD || this == MANIFEST || this == TRAINING;
    }
}
