package dev.mugv.model.format;

/**
 * A clip with the caption that conditions the model.
 *
 * @param clip the clip
 * @param caption its caption, aesthetic tag included
 */
public record CaptionedClip(ClipSource clip, String caption) {}
