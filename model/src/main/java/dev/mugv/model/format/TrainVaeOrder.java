package dev.mugv.model.format;

import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VaeTraining;
import java.util.List;

/**
 * Parameters of {@code TRAIN_VAE}. No inputs: the clips are decoded from their videos.
 *
 * @param size widths of the VideoVAE
 * @param training crops, losses, optimizer and length
 * @param trainingClips clips that are trained on and whose latents decide the normalisation
 * @param validationClips clips that the loss is measured on before and after; none of them is trained on
 */
public record TrainVaeOrder(
        VaeSize size, VaeTraining training, List<ClipSource> trainingClips, List<ClipSource> validationClips) {
    public TrainVaeOrder {
        trainingClips = List.copyOf(trainingClips);
        validationClips = List.copyOf(validationClips);
        if (trainingClips.isEmpty() || validationClips.isEmpty()) {
            throw new IllegalArgumentException("expected clips to train on and to validate on, found %d and %d"
                    .formatted(trainingClips.size(), validationClips.size()));
        }
    }
}
