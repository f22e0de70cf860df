package dev.mugv.model.format;

import dev.mugv.model.config.VideoShape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a checkpoint was found to do: {@code evaluation.json}.
 *
 * @param checkpoint what people call the checkpoint
 * @param modelSha256 hash of its weights
 * @param losses flow-matching loss on each grid
 * @param samples what it generated, in the order of the items
 */
public record ModelEvaluation(String checkpoint, String modelSha256, List<GridLoss> losses, List<Sample> samples) {
    public static final String FILE_NAME = "evaluation.json";

    public ModelEvaluation {
        losses = List.copyOf(losses);
        samples = List.copyOf(samples);
    }

    /**
     * @param grid what it was measured on
     * @param loss mean over clips and timesteps
     */
    public record GridLoss(ValidationGrid grid, double loss) {}

    /**
     * One generated video.
     *
     * @param sampleId see {@link GenerationItem#sampleId}
     * @param item name of the item it was generated from
     * @param conditioning what was given
     * @param prompt the item's prompt
     * @param shape shape it was generated at
     * @param scores by {@link SampleMeasure#label()}
     * @param video MP4, relative to the artifact
     * @param sheet PNG contact sheet, relative to the artifact
     * @param firstFrame PNG of the frame that was given, relative to the artifact; empty for text to video
     */
    public record Sample(
            String sampleId,
            String item,
            GenerationItem.Conditioning conditioning,
            String prompt,
            VideoShape shape,
            Map<String, Double> scores,
            String video,
            String sheet,
            String firstFrame) {
        public Sample {
            scores = Collections.unmodifiableMap(new TreeMap<>(scores));
        }
    }
}
