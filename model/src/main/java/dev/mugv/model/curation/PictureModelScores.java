package dev.mugv.model.curation;

import dev.mugv.model.config.PictureModels;
import dev.mugv.model.format.ClipScores;
import dev.mugv.model.media.RgbFrame;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks the learned models of a configuration about sampled pictures, and makes a clip's scores and embedding of their answers. */
public final class PictureModelScores implements AutoCloseable {
    private static final int LARGEST_EMBEDDING = 1024;

    private final List<String> tags;
    private final @Nullable TorchScriptPictureModel safety;
    private final @Nullable TorchScriptPictureModel textArea;
    private final @Nullable TorchScriptPictureModel tagger;
    private final @Nullable TorchScriptPictureModel embedder;
    private final List<TorchScriptPictureModel> opened = new ArrayList<>();

    private PictureModelScores(PictureModels models, Function<Path, Path> located, int threads) {
        tags = models.tags().map(tagModel -> tagModel.names()).orElse(List.of());
        try {
            safety = open(models.safety().map(located), "safety", new int[] {1, 1}, threads);
            textArea = open(models.textArea().map(located), "text-area", new int[] {1, 1}, threads);
            tagger = open(
                    models.tags().map(tagModel -> located.apply(tagModel.file())),
                    "tags",
                    new int[] {tags.size(), tags.size()},
                    threads);
            embedder = open(models.embedding().map(located), "embedding", new int[] {2, LARGEST_EMBEDDING}, threads);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens and tries every model that is named.
     *
     * @param located where this process finds a file of the configuration
     * @throws dev.mugv.model.run.WorkFailure of kind INVALID_REQUEST when one is absent or of another shape
     */
    public static PictureModelScores open(PictureModels models, Function<Path, Path> located, int threads) {
        return new PictureModelScores(models, located, threads);
    }

    /** None. */
    public static PictureModelScores none() {
        return open(PictureModels.none(), file -> file, 1);
    }

    private @Nullable TorchScriptPictureModel open(Optional<Path> file, String name, int[] outputs, int threads) {
        if (file.isEmpty()) {
            return null;
        }
        TorchScriptPictureModel.Purpose purpose =
                new TorchScriptPictureModel.Purpose(name, "curation.models." + name, outputs[0], outputs[1]);
        TorchScriptPictureModel model = TorchScriptPictureModel.open(file.get(), purpose, threads);
        opened.add(model);
        return model;
    }

    /**
     * What the models say of one picture; empty arrays of those that are not named.
     *
     * @param frame the picture's place
     */
    @SuppressWarnings("ArrayRecordComponent") // made, read and dropped within one pass over a video
    record Answers(int frame, float[] safety, float[] textArea, float[] tags, float[] embedding) {}

    /** Asks all of them. */
    Answers ask(RgbFrame picture) {
        float[] planes = opened.isEmpty() ? new float[0] : TorchScriptPictureModel.planes(picture);
        return new Answers(
                picture.index(), of(safety, planes), of(textArea, planes), of(tagger, planes), of(embedder, planes));
    }

    private static float[] of(@Nullable TorchScriptPictureModel model, float[] planes) {
        return model == null ? new float[0] : model.apply(planes);
    }

    /** Scores of a clip of the answers about its pictures, at least one. */
    Map<String, Double> scores(List<Answers> answers) {
        Map<String, Double> scores = new TreeMap<>();
        if (safety != null) {
            scores.put(
                    ClipScores.SAFETY,
                    answers.stream().mapToDouble(one -> one.safety()[0]).max().orElseThrow());
        }
        if (textArea != null) {
            scores.put(
                    ClipScores.TEXT_AREA,
                    answers.stream()
                            .mapToDouble(one -> one.textArea()[0])
                            .average()
                            .orElseThrow());
        }
        for (int tag = 0; tag < tags.size(); tag++) {
            int at = tag;
            scores.put(
                    ClipScores.TAG + tags.get(tag),
                    answers.stream()
                            .mapToDouble(one -> one.tags()[at])
                            .average()
                            .orElseThrow());
        }
        return scores;
    }

    /** Mean of the normalised embeddings of a clip's pictures; empty without a model. */
    Optional<float[]> embedding(List<Answers> answers) {
        if (embedder == null) {
            return Optional.empty();
        }
        float[] mean = new float[answers.get(0).embedding().length];
        for (Answers one : answers) {
            double length = 0;
            for (float value : one.embedding()) {
                length += value * value;
            }
            for (int at = 0; at < mean.length; at++) {
                mean[at] += (float) (one.embedding()[at] / Math.sqrt(Math.max(1e-30, length)));
            }
        }
        return Optional.of(mean);
    }

    @Override
    public void close() {
        opened.forEach(TorchScriptPictureModel::close);
        opened.clear();
    }
}
