package dev.mugv.model.run;

import java.util.Arrays;
import java.util.Locale;

/** What a user can ask of the tensor engine at a terminal, as opposed to the scheduled work of {@link TaskKind}. */
public enum ToolKind {
    /** Golden files compared with what this model computes. */
    CHECK_MODEL,
    /** Weights from one format to another. */
    CONVERT_MODEL,
    /** Parameters, bytes and operations of a size of the transformer. */
    DESCRIBE_MODEL,
    /** What a training sample of each shape costs on this machine. */
    MEASURE_COSTS,
    /** The published trainer's data folder into shards. */
    IMPORT_DATA,
    /** A video from a prompt, pictures or another video. */
    GENERATE_VIDEO,
    /** What this machine can compute on. */
    DESCRIBE_DEVICES;

    /** For example {@code describe-model}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The kind of this label.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if there is none
     */
    public static ToolKind of(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot start a tool: expected one of %s, found '%s'. Controller and workers must be of one build."
                                .formatted(
                                        Arrays.stream(values())
                                                .map(ToolKind::label)
                                                .toList(),
                                        label)));
    }
}
