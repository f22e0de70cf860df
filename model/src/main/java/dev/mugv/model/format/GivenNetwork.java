package dev.mugv.model.format;

import java.nio.file.Path;

/**
 * A network that somebody else trained, as a TorchScript file.
 *
 * @param file within the workspace, named by its content
 * @param sha256 hash of the file
 */
public record GivenNetwork(Path file, String sha256) {}
