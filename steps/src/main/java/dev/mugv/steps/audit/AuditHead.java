package dev.mugv.steps.audit;

import dev.mugv.model.run.ArtifactRef;
import java.time.Instant;

/**
 * The end of the chain as it was when a checkpoint was published: the file beside it. What the database says later is held
 * against it, so a database that was restored from an older backup, or shortened, is found out.
 *
 * @param chainId identity of the chain
 * @param events how many events it had
 * @param hash of the last of them
 * @param checkpoint what was published
 * @param run that published it
 * @param writtenAt when
 */
public record AuditHead(
        int formatVersion,
        String chainId,
        long events,
        String hash,
        ArtifactRef checkpoint,
        String run,
        Instant writtenAt) {
    static final int FORMAT_VERSION = 1;
}
