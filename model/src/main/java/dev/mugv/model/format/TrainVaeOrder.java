package dev.mugv.model.format;

import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VaeTraining;
import java.util.List;
import java.util.Optional;

/**
 * Parameters of {@code TRAIN_VAE}. No inputs: the clips are decoded from their videos.
 *
 * @param size widths of the VideoVAE
 * @param training crops, losses, optimizer and length
 * @param trainingClips clips that are trained on and whose latents decide the normalisation
 * @param validationClips clips that the loss is measured on before and after; none of them is trained on
 * @param perceptual network of the perceptual loss
 * @param mode what several ranks may differ in from one
 */
public record TrainVaeOrder(
        VaeSize size,
        VaeTraining training,
        List<ClipSource> trainingClips,
        List<ClipSource> validationClips,
        Optional<GivenNetwork> perceptual,
        ParallelMode mode) {
    /** One without a perceptual loss, in fast mode. */
    public TrainVaeOrder(
            VaeSize size, VaeTraining training, List<ClipSource> trainingClips, List<ClipSource> validationClips) {
        this(size, training, trainingClips, validationClips, Optional.empty(), ParallelMode.FAST);
    }

    public TrainVaeOrder {
        trainingClips = List.copyOf(trainingClips);
        validationClips = List.copyOf(validationClips);
        if (trainingClips.isEmpty() || validationClips.isEmpty()) {
            throw new IllegalArgumentException("expected clips to train on and to validate on, found %d and %d"
                    .formatted(trainingClips.size(), validationClips.size()));
        }
    }
}
