package dev.mugv.model.format;

import dev.mugv.model.config.DitSize;
import java.nio.file.Path;

/**
 * Parameters of {@code IMPORT_MODEL}. No inputs.
 *
 * @param file state dict of a MUG-DiT under its published names, as {@code .pt} or safetensors; within the workspace, named by
 *     its content
 * @param sha256 hash of the file
 * @param size the size that it must have
 */
public record ImportModelOrder(Path file, String sha256, DitSize size) {}
