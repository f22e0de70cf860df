package dev.mugv.model.format;

import java.util.List;

/**
 * Fingerprints of one video's clips: {@code fingerprints.json} of {@code curate-video}.
 *
 * @param videoSha256 content of the video
 * @param samplesPerSecond how often a clip was sampled
 * @param clips one entry a clip
 */
public record ClipFingerprints(String videoSha256, double samplesPerSecond, List<Entry> clips) {
    public ClipFingerprints {
        clips = List.copyOf(clips);
    }

    /**
     * @param clipId the clip
     * @param samples one descriptor a sample, 288 bits as hexadecimal digits
     */
    public record Entry(String clipId, List<String> samples) {
        public Entry {
            samples = List.copyOf(samples);
        }
    }
}
