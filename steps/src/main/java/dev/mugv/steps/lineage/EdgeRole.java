package dev.mugv.steps.lineage;

import java.util.Arrays;
import java.util.Locale;

/** What a parent was to its child; table {@code lineage_role} has the same values. */
public enum EdgeRole {
    /** Clip of a video. */
    CUT_FROM(1),
    /** Caption of a clip, or measurements of a video. */
    DESCRIBES(2),
    /** Latent of a clip, features of a caption. */
    ENCODED_FROM(3),
    /** Latent by a VideoVAE, features by a text encoder. */
    ENCODED_BY(4),
    /** Whole and part. */
    CONTAINS(5),
    /** An artifact that the work read. */
    INPUT(6),
    /** The model that a training starts from. */
    INITIAL(7),
    /** The checkpoint before. */
    PREVIOUS(8),
    TRAINED_ON(9),
    VALIDATED_ON(10),
    /** Checkpoint of a training. */
    STATE_OF(11),
    MERGED_FROM(12),
    /** Sample by a model. */
    GENERATED_BY(13),
    /** Sample with a clip's first frame or caption. */
    CONDITIONED_ON(14),
    /** Label of a sample. */
    JUDGES(15),
    /** Evaluation of a model. */
    EVALUATES(16),
    /** Report with what it shows. */
    SHOWS(17),
    EXPORTED_FROM(18),
    /** The attempt that made it first. */
    MADE_BY(19, Standing.CIRCUMSTANCE),
    CODE(20),
    CONFIGURED_BY(21, Standing.CIRCUMSTANCE),
    ENVIRONMENT(22, Standing.CIRCUMSTANCE),
    /** Attempt on a machine. */
    RAN_ON(23),
    SUBMITTED_IN(24),
    /** Import of a file. */
    GIVEN_AS(25),
    /** An earlier attempt whose checkpoint the work went on from. */
    RESUMED_FROM(26, Standing.CIRCUMSTANCE),
    /** An attempt that made again, bit for bit, what was there. */
    REPRODUCED(27);

    /** What an edge says of its child. */
    enum Standing {
        /** Part of what the child is: another parent makes another child. */
        ESSENCE,
        /** How it came about the first time; the same child may come about otherwise. */
        CIRCUMSTANCE
    }

    private final short code;
    private final Standing standing;

    EdgeRole(int code) {
        this(code, Standing.ESSENCE);
    }

    EdgeRole(int code, Standing standing) {
        this.code = (short) code;
        this.standing = standing;
    }

    /** As it stands in the database. */
    public short code() {
        return code;
    }

    /** For example {@code cut-from}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Standing standing() {
        return standing;
    }

    /** The role that stands so in the database. */
    public static EdgeRole ofCode(int code) {
        return Arrays.stream(values())
                .filter(role -> role.code == code)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("lineage role " + code + " is of a newer build"));
    }
}
