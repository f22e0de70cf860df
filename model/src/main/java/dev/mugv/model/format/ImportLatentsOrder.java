package dev.mugv.model.format;

import java.nio.file.Path;

/**
 * Parameters of {@code IMPORT_LATENTS}. No inputs.
 *
 * @param shard name of the shard's folder, for people
 * @param description {@link LatentShard#FILE_NAME}
 * @param latents {@link LatentShard#LATENTS_FILE_NAME}
 * @param texts {@link LatentShard#TEXT_FILE_NAME}
 */
public record ImportLatentsOrder(String shard, Content description, Content latents, Content texts) {
    /**
     * One file.
     *
     * @param file relative to the workspace, named by its content
     * @param sha256 of its content
     */
    public record Content(Path file, String sha256) {}
}
