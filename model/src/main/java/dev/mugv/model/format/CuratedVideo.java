package dev.mugv.model.format;

import java.nio.file.Path;
import java.util.List;

/**
 * What was found in one video: {@code video.json} of {@code curate-video}.
 *
 * @param videoSha256 content of the video
 * @param properties what the container declares
 * @param frames frames that were decoded
 * @param fps frames a second as measured over the whole video, which is what frame numbers of clips count by
 * @param faults what went wrong while decoding
 * @param transitions where shots change, in order
 * @param disturbances frames within shots that do not belong to the picture (flashes, inserted, damaged or flat frames)
 * @param shots frames between transitions
 * @param clips cut pieces with their scores
 * @param rejectedPieces parts of shots that became no clip
 */
public record CuratedVideo(
        String videoSha256,
        VideoProperties properties,
        int frames,
        double fps,
        DecodeFaults faults,
        List<Transition> transitions,
        List<FrameRange> disturbances,
        List<FrameRange> shots,
        List<CuratedClip> clips,
        List<RejectedPiece> rejectedPieces) {
    public CuratedVideo {
        transitions = List.copyOf(transitions);
        disturbances = List.copyOf(disturbances);
        shots = List.copyOf(shots);
        clips = List.copyOf(clips);
        rejectedPieces = List.copyOf(rejectedPieces);
    }

    /** A clip as readers take it, its video found at the given place. */
    public ClipSource source(CuratedClip clip, Path video) {
        return new ClipSource(
                clip.clipId(),
                video,
                videoSha256,
                clip.range().firstFrame(),
                clip.range().endFrame(),
                fps,
                clip.entry());
    }

    /**
     * A part of a shot that became no clip.
     *
     * @param reason for example {@code shorter than 2.0 s: 0.52 s}
     */
    public record RejectedPiece(FrameRange range, String reason) {}
}
