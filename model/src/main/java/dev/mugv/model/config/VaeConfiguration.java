package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The video autoencoder: trained here, or given.
 *
 * @param weights a file of weights to use instead of training
 * @param size widths
 * @param training training, used where no weights are given
 */
public record VaeConfiguration(
        @MustExist(MustExist.Kind.FILE) Optional<Path> weights, VaeSize size, VaeTraining training) {}
