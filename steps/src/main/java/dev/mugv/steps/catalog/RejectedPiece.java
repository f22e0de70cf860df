package dev.mugv.steps.catalog;

/** A part of a video that never became a clip, with the reason. */
public record RejectedPiece(String videoSha256, int firstFrame, int endFrame, String reason) {}
