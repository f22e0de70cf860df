package dev.mugv.model.run;

/**
 * A published artifact as another work item's input.
 *
 * @param task what made it
 * @param key its {@link ArtifactKey} as 64 hexadecimal digits
 * @param manifestSha256 hash of its {@code manifest.json}: the content, not only the recipe
 */
public record ArtifactRef(TaskKind task, String key, String manifestSha256) {}
