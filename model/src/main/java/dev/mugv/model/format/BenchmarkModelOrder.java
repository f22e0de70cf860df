package dev.mugv.model.format;

import dev.mugv.model.config.VideoShape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Parameters of {@code BENCHMARK_MODEL}. Inputs: the evaluations of one checkpoint, which hold its videos.
 *
 * @param checkpoint what people call it
 * @param samples ids of the videos that count; the evaluations may hold others
 * @param networks TorchScript files by dimension; what has none is measured by what the product has itself, or not at all
 * @param imported scores that others have measured
 * @param real what the videos are compared with
 */
public record BenchmarkModelOrder(
        String checkpoint,
        List<String> samples,
        Map<BenchmarkDimension, GivenFile> networks,
        List<ImportedScores> imported,
        RealVideos real) {
    public BenchmarkModelOrder {
        samples = List.copyOf(samples);
        networks = Collections.unmodifiableMap(new TreeMap<>(networks));
        imported = List.copyOf(imported);
    }

    /**
     * Videos that somebody filmed.
     *
     * @param shape at which they are read, that of the generated videos
     * @param clips may be too few for a distance
     * @param encoder TorchScript: {@code forward} takes [1, 3, T, 224, 224], RGB in 0..1, and returns features [1, D]; without one, a
     *     network with random weights
     */
    public record RealVideos(VideoShape shape, List<ClipSource> clips, Optional<GivenFile> encoder) {
        public RealVideos {
            clips = List.copyOf(clips);
        }
    }

    /**
     * One dimension's scores from a file of others.
     *
     * @param fileSha256 hash of the file
     * @param scores by sample, 0 to 1
     */
    public record ImportedScores(BenchmarkDimension dimension, String fileSha256, SortedMap<String, Double> scores) {
        public ImportedScores {
            scores = Collections.unmodifiableSortedMap(new TreeMap<>(scores));
        }
    }
}
