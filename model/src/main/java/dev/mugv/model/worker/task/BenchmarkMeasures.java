package dev.mugv.model.worker.task;

import dev.mugv.model.curation.AestheticScorer;
import dev.mugv.model.curation.ClassicalAestheticScorer;
import dev.mugv.model.evaluation.FeatureConsistency;
import dev.mugv.model.feature.PictureEncoder;
import dev.mugv.model.feature.PictureScorer;
import dev.mugv.model.feature.RandomEncoder;
import dev.mugv.model.feature.TorchScriptPictures;
import dev.mugv.model.format.BenchmarkDimension;
import dev.mugv.model.format.GivenFile;
import dev.mugv.model.format.ModelBenchmark.Measured;
import dev.mugv.model.format.ModelBenchmark.Origin;
import dev.mugv.model.format.SampleMeasure;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.worker.task.BenchmarkModelTask.Video;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What measures each dimension of the card: a given network, a network with random weights in place of those of features, or a measure
 * of the product's own. Camera motion has none of these, imaging quality only the first; they can be imported.
 */
final class BenchmarkMeasures implements AutoCloseable {
    private static final List<BenchmarkDimension> ENCODED = List.of(
            BenchmarkDimension.IMAGE_SUBJECT,
            BenchmarkDimension.IMAGE_BACKGROUND,
            BenchmarkDimension.SUBJECT_CONSISTENCY,
            BenchmarkDimension.BACKGROUND_CONSISTENCY);

    /** Scales of the networks that VBench asks: LAION's aesthetic predictor gives 0 to 10, MUSIQ 0 to 100. */
    private static final Map<BenchmarkDimension, Double> SCALES = Map.of(
            BenchmarkDimension.AESTHETIC_QUALITY, 10.0,
            BenchmarkDimension.IMAGING_QUALITY, 100.0);

    private final Map<BenchmarkDimension, PictureEncoder> encoders = new EnumMap<>(BenchmarkDimension.class);
    private final Map<BenchmarkDimension, PictureScorer> scorers = new EnumMap<>(BenchmarkDimension.class);
    private final AestheticScorer aesthetic = new ClassicalAestheticScorer();
    private final List<AutoCloseable> opened = new ArrayList<>();

    private BenchmarkMeasures() {}

    /**
     * Opens and tries every network.
     *
     * @throws WorkFailure of kind INVALID_REQUEST for a file that cannot be what it is given for
     */
    static BenchmarkMeasures open(Map<BenchmarkDimension, GivenFile> networks, Path workspace, TorchRuntime runtime) {
        BenchmarkMeasures measures = new BenchmarkMeasures();
        try {
            measures.openAll(networks, workspace, runtime);
            return measures;
        } catch (RuntimeException e) {
            measures.close();
            throw e;
        }
    }

    private void openAll(Map<BenchmarkDimension, GivenFile> networks, Path workspace, TorchRuntime runtime) {
        Map<String, PictureEncoder> byContent = new HashMap<>();
        for (BenchmarkDimension dimension : ENCODED) {
            Optional<GivenFile> file = Optional.ofNullable(networks.get(dimension));
            encoders.put(
                    dimension,
                    byContent.computeIfAbsent(
                            file.map(GivenFile::sha256).orElse(""),
                            content -> keep(file.map(given -> TorchScriptPictures.encoder(
                                            workspace.resolve(given.path()), dimension.label(), runtime))
                                    .orElseGet(() -> RandomEncoder.open(runtime)))));
        }
        for (BenchmarkDimension dimension : SCALES.keySet()) {
            Optional.ofNullable(networks.get(dimension))
                    .ifPresent(given -> scorers.put(
                            dimension,
                            keep(TorchScriptPictures.scorer(
                                    workspace.resolve(given.path()), dimension.label(), runtime))));
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    /** Everything that can be said of an image-to-video sample. */
    Map<BenchmarkDimension, Double> of(Video video, List<RgbFrame> frames) {
        RgbFrame given =
                frames(video.folder().resolve(video.sample().firstFrame())).get(0);
        Map<BenchmarkDimension, Double> scores = new EnumMap<>(BenchmarkDimension.class);
        consistency(frames, given, scores);
        scores.put(BenchmarkDimension.MOTION_SMOOTHNESS, known(video, SampleMeasure.MOTION_SMOOTHNESS));
        scores.put(BenchmarkDimension.DYNAMIC_DEGREE, known(video, SampleMeasure.DYNAMIC_DEGREE));
        scores.put(
                BenchmarkDimension.AESTHETIC_QUALITY,
                mean(frames, aesthetic::score) / scale(BenchmarkDimension.AESTHETIC_QUALITY));
        scorers.forEach((dimension, scorer) -> scores.put(dimension, mean(frames, scorer::score) / scale(dimension)));
        scores.forEach((dimension, score) -> requireScore(video, dimension, score));
        return scores;
    }

    private void consistency(List<RgbFrame> frames, RgbFrame given, Map<BenchmarkDimension, Double> scores) {
        Map<PictureEncoder, List<float[]>> seen = new HashMap<>();
        encoders.values()
                .forEach(encoder -> seen.computeIfAbsent(
                        encoder, e -> frames.stream().map(e::encode).toList()));
        encoders.forEach((dimension, encoder) -> {
            List<float[]> features = seen.getOrDefault(encoder, List.of());
            scores.put(
                    dimension,
                    dimension.part() == BenchmarkDimension.Part.IMAGE_TO_VIDEO
                            ? FeatureConsistency.to(encoder.encode(given), features)
                            : FeatureConsistency.of(features));
        });
    }

    private static double scale(BenchmarkDimension dimension) {
        return SCALES.getOrDefault(dimension, 1.0);
    }

    /** What the evaluation has measured already. */
    private static double known(Video video, SampleMeasure measure) {
        return video.sample().scores().getOrDefault(measure.label(), Double.NaN);
    }

    /** A network that says more than its scale has would make a total of its own. */
    private static void requireScore(Video video, BenchmarkDimension dimension, double score) {
        if (!(score >= 0 && score <= 1)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot score video '%s': expected %s between 0 and %s, found %s. Correct the network that is given for it, or remove it."
                            .formatted(
                                    video.sample().sampleId(),
                                    dimension.label(),
                                    scale(dimension),
                                    score * scale(dimension)));
        }
    }

    /** The scores with what they come from. */
    Measured measured(BenchmarkDimension dimension, Map<String, Double> scores) {
        PictureScorer scorer = scorers.get(dimension);
        if (scorer != null) {
            return Measured.of(dimension, Origin.GIVEN_NETWORK, scorer.name(), scores);
        }
        PictureEncoder encoder = encoders.get(dimension);
        if (encoder != null) {
            Origin origin = encoder instanceof RandomEncoder ? Origin.RANDOM_NETWORK : Origin.GIVEN_NETWORK;
            return Measured.of(dimension, origin, encoder.name(), scores);
        }
        String by = dimension == BenchmarkDimension.AESTHETIC_QUALITY ? aesthetic.name() : "optical-flow";
        return Measured.of(dimension, Origin.OWN_MEASURE, by, scores);
    }

    private static double mean(List<RgbFrame> frames, ToDoubleFunction<RgbFrame> score) {
        return frames.stream().mapToDouble(score).average().orElse(Double.NaN);
    }

    static List<RgbFrame> frames(Path video) {
        List<RgbFrame> frames = new ArrayList<>();
        try (FrameReader reader = FrameReader.open(video, 1)) {
            while (reader.advance()) {
                frames.add(reader.rgb());
            }
        }
        return frames;
    }

    @Override
    public void close() {
        for (AutoCloseable resource : opened) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("a network does not close", e);
            }
        }
        aesthetic.close();
    }
}
