package dev.mugv.model.format;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Parameters of {@code BENCHMARK_MODEL}. Inputs: the evaluations of one checkpoint, which hold its videos.
 *
 * @param checkpoint what people call it
 * @param samples ids of the videos that count; the evaluations may hold others
 * @param networks TorchScript files by dimension; what has none is measured by what the product has itself, or not at all
 * @param imported scores that others have measured
 */
public record BenchmarkModelOrder(
        String checkpoint,
        List<String> samples,
        Map<BenchmarkDimension, GivenFile> networks,
        List<ImportedScores> imported) {
    public BenchmarkModelOrder {
        samples = List.copyOf(samples);
        networks = Collections.unmodifiableMap(new TreeMap<>(networks));
        imported = List.copyOf(imported);
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
