package dev.mugv.model.format;

import java.nio.file.Path;

/**
 * Parameters of {@code IMPORT_VAE}. No inputs.
 *
 * @param file state dict of a VideoVAE under its published names, as {@code .pt} or safetensors; within the workspace, named by
 *     its content
 * @param sha256 hash of the file
 */
public record ImportVaeOrder(Path file, String sha256) {}
