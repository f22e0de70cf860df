package dev.mugv.model.format;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.run.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Parameters of {@code TRAIN_MODEL}. The order's inputs are told apart by the task that made them: {@code ENCODE_LATENTS}
 * and {@code IMPORT_LATENTS} are latent shards, {@code TRAIN_MODEL}, {@code EXPAND_WIDTH} or {@code MERGE_CHECKPOINTS} (at most one) is the initial
 * model, {@code GENERATE_PREFERENCES} are preference samples, {@code
 * REVERSE_SAMPLE} pairs of RDPO. Without an initial model the weights are drawn from the
 * objective's seed.
 *
 * @param size size of the model; must be that of the initial model, if there is one
 * @param objective what is minimised, and for how long
 * @param trainingClips clips that may be trained on, with their weights
 * @param validationGrid where the flow-matching loss is measured before and after
 * @param mode what several ranks may differ in from one
 */
public record TrainModelOrder(
        DitSize size,
        Objective objective,
        List<WeightedClip> trainingClips,
        ValidationGrid validationGrid,
        ParallelMode mode) {
    public TrainModelOrder {
        trainingClips = List.copyOf(trainingClips);
        if (trainingClips.isEmpty()) {
            throw new IllegalArgumentException("expected clips to train on, found none");
        }
        for (WeightedClip clip : trainingClips) {
            if (validationGrid.clipIds().contains(clip.clipId())) {
                throw new IllegalArgumentException(
                        "clip " + clip.clipId() + " is held out for validation and must not be trained on");
            }
        }
    }

    /**
     * An objective as lineage holds it, also one that was recorded before stages could say how they end, and which width a
     * learning rate is for.
     *
     * @param document the objective as JSON
     */
    public static Objective objective(JsonNode document) {
        JsonNode copy = document.deepCopy();
        if (copy.path("stage") instanceof ObjectNode stage) {
            for (String later : List.of("ema", "ends-at-plateau")) {
                if (!stage.has(later)) {
                    stage.putNull(later);
                }
            }
        }
        for (JsonNode optimizer : copy.findValues("optimizer")) {
            if (optimizer instanceof ObjectNode recorded && !recorded.has("base-width")) {
                recorded.putNull("base-width");
            }
        }
        return Json.value(copy, Objective.class);
    }

    /** What is minimised. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = FlowMatching.class, name = "flow-matching"),
        @JsonSubTypes.Type(value = Preference.class, name = "preference")
    })
    public sealed interface Objective permits FlowMatching, Preference {
        /** Name of the stage. */
        String name();

        /** What the model computes in. */
        ComputePrecision precision();

        /** What of it is trained. */
        Tuning tuning();
    }

    /**
     * Rectified flow on real latents: a stage of the curriculum, or SFT.
     *
     * @param stage shapes, shares, optimizer and length of the stage
     * @param keptCheckpoints how many of the last checkpoints are published for merging; 0 for a stage that is not merged
     */
    public record FlowMatching(TrainingStage stage, int keptCheckpoints) implements Objective {
        @Override
        public String name() {
            return stage.name();
        }

        @Override
        public ComputePrecision precision() {
            return stage.precision();
        }

        @Override
        public Tuning tuning() {
            return stage.tuning();
        }
    }

    /**
     * DPO, KTO and RDPO on labelled samples and pairs; the initial model is the frozen reference.
     *
     * @param training loss, strength, optimizer and length
     * @param shape shape of the real latents of the SFT regulariser
     * @param firstFrameShare share of those whose first latent frame is given clean
     * @param labelsFile CSV of labels, relative to the workspace, see {@link PreferenceLabels}; empty where no loss reads any
     * @param labelsSha256 hash of its content; likewise
     */
    public record Preference(
            PreferenceTraining training,
            VideoShape shape,
            double firstFrameShare,
            String labelsFile,
            String labelsSha256)
            implements Objective {
        @Override
        public String name() {
            return training.name();
        }

        @Override
        public ComputePrecision precision() {
            return training.precision();
        }

        @Override
        public Tuning tuning() {
            return training.tuning();
        }
    }
}
