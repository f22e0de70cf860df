package dev.mugv.model.format;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The scores of VBench's image-to-video card: weighted means of the normalised dimensions of either part, and the mean of the two.
 * A score is there only if every dimension of its part was measured: a mean over fewer would be another score under the same name.
 *
 * @param imageToVideo how faithful to what was given, 0 to 1
 * @param quality how good a video, 0 to 1
 * @param total mean of both
 */
public record BenchmarkTotals(Optional<Double> imageToVideo, Optional<Double> quality, Optional<Double> total) {
    /** Of the means of dimensions, 0 to 1 each, before normalisation. */
    public static BenchmarkTotals of(Map<BenchmarkDimension, Double> means) {
        Optional<Double> imageToVideo = score(BenchmarkDimension.Part.IMAGE_TO_VIDEO, means);
        Optional<Double> quality = score(BenchmarkDimension.Part.QUALITY, means);
        return new BenchmarkTotals(
                imageToVideo, quality, imageToVideo.flatMap(i2v -> quality.map(other -> (i2v + other) / 2)));
    }

    /** Dimensions without which there is no total. */
    public static Set<BenchmarkDimension> missing(Map<BenchmarkDimension, Double> means) {
        EnumSet<BenchmarkDimension> missing = EnumSet.allOf(BenchmarkDimension.class);
        missing.removeAll(means.keySet());
        return missing;
    }

    private static Optional<Double> score(BenchmarkDimension.Part part, Map<BenchmarkDimension, Double> means) {
        double sum = 0;
        double weights = 0;
        for (BenchmarkDimension dimension : Arrays.stream(BenchmarkDimension.values())
                .filter(d -> d.part() == part)
                .toList()) {
            Double mean = means.get(dimension);
            if (mean == null) {
                return Optional.empty();
            }
            sum += dimension.weight() * dimension.normalised(mean);
            weights += dimension.weight();
        }
        return Optional.of(sum / weights);
    }
}
