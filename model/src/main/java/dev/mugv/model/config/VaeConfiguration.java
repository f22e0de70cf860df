package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The video autoencoder: trained here, or given.
 *
 * @param weights a file of weights to use instead of training
 * @param size widths
 * @param training training, used where no weights are given
 * @param perceptualNetwork TorchScript file whose {@code forward} takes two batches of pictures [N, 3, H, W] in [-1, 1] and gives N
 *     distances, as LPIPS does; a loss of the training and a measure of the evaluation
 * @param evaluatedShapes shapes that held-out clips are reconstructed at; that of {@code evaluate} alone where none is said
 */
public record VaeConfiguration(
        @MustExist(MustExist.Kind.FILE) Optional<Path> weights,
        VaeSize size,
        VaeTraining training,
        @MustExist(MustExist.Kind.FILE) Optional<Path> perceptualNetwork,
        @Default("[]") List<VideoShape> evaluatedShapes) {
    /** One without a perceptual network. */
    public VaeConfiguration(Optional<Path> weights, VaeSize size, VaeTraining training) {
        this(weights, size, training, Optional.empty(), List.of());
    }

    public VaeConfiguration {
        evaluatedShapes = List.copyOf(evaluatedShapes);
        new Faults()
                .require(
                        training.perceptualWeight() == 0 || perceptualNetwork.isPresent() || weights.isPresent(),
                        "perceptualNetwork",
                        "expected a file, since 'training.perceptual-weight' is above 0, found none")
                .throwIfAny();
    }
}
