package dev.mugv.model.train;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.format.ReversedPairs;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Labelled samples in memory: latents from {@code GENERATE_PREFERENCES} and {@code REVERSE_SAMPLE}, conditioning from the latent shards. */
final class PreferenceLibrary {
    private record Entry(PreferenceSamples.Sample sample, FloatBuffer latent_CFHW) {}

    private final LatentLibrary latents;
    private final Map<String, Entry> entries = new HashMap<>();
    private final List<PreferenceLabels.Pair> reversals = new ArrayList<>();

    private PreferenceLibrary(LatentLibrary latents) {
        this.latents = latents;
    }

    /**
     * Reads the samples that the labels name.
     *
     * @param shape that all of them must have
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if a label names no sample, or a pair's samples were
     *     not made from the same conditioning
     */
    static PreferenceLibrary open(
            List<Path> folders, PreferenceLabels labels, VideoShape shape, LatentLibrary latents) {
        PreferenceLibrary library = new PreferenceLibrary(latents);
        for (Path folder : folders) {
            PreferenceSamples samples = Json.read(folder.resolve(PreferenceSamples.FILE_NAME), PreferenceSamples.class);
            try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(PreferenceSamples.TENSORS_FILE_NAME))) {
                samples.samples().forEach(sample -> library.add(sample, file));
            }
            Path pairs = folder.resolve(ReversedPairs.FILE_NAME);
            if (Files.exists(pairs)) {
                library.reversals.addAll(Json.read(pairs, ReversedPairs.class).pairs());
            }
        }
        library.reversals.forEach(pair -> library.requirePair(pair, shape));
        labels.pairs().forEach(pair -> library.requirePair(pair, shape));
        labels.absolutes().forEach(label -> library.requireShape(label.labelId(), label.sample(), shape));
        return library;
    }

    /** Pairs made by reverse sampling, in the order of their artifacts. */
    List<PreferenceLabels.Pair> reversals() {
        return List.copyOf(reversals);
    }

    /** A labelled sample at some timestep and noise. */
    FlowSample sample(String sampleId, double timestep, CounterNoise noise) {
        Entry entry = entry(sampleId);
        PreferenceSamples.Sample sample = entry.sample();
        return new FlowSample(
                sampleId,
                sample.shape(),
                entry.latent_CFHW(),
                new ShownCaption.Whole(latents.text_SD(sample.clipId())),
                timestep,
                sample.conditionedFrames() == 0 ? Set.of() : Set.of(0),
                noise);
    }

    private void add(PreferenceSamples.Sample sample, SafetensorsFile file) {
        FloatBuffer latent_CFHW = FloatBuffer.wrap(file.floats(sample.tensor())).asReadOnlyBuffer();
        LatentLibrary.requireFinite("sample '%s' of '%s'".formatted(sample.sampleId(), file.path()), latent_CFHW);
        if (entries.put(sample.sampleId(), new Entry(sample, latent_CFHW)) != null) {
            throw invalid("sample id '%s' stands in two artifacts".formatted(sample.sampleId()));
        }
    }

    private void requirePair(PreferenceLabels.Pair pair, VideoShape shape) {
        requireShape(pair.labelId(), pair.winner(), shape);
        requireShape(pair.labelId(), pair.loser(), shape);
        PreferenceSamples.Sample winner = entry(pair.winner()).sample();
        PreferenceSamples.Sample loser = entry(pair.loser()).sample();
        if (!winner.clipId().equals(loser.clipId()) || winner.conditionedFrames() != loser.conditionedFrames()) {
            throw invalid("label '%s' compares samples of different conditioning (clips %s and %s, %d and %d frames)"
                    .formatted(
                            pair.labelId(),
                            winner.clipId(),
                            loser.clipId(),
                            winner.conditionedFrames(),
                            loser.conditionedFrames()));
        }
    }

    private void requireShape(String labelId, String sampleId, VideoShape shape) {
        Entry entry = entries.get(sampleId);
        if (entry == null) {
            throw invalid("label '%s' names sample '%s', which is not among %d samples"
                    .formatted(labelId, sampleId, entries.size()));
        }
        if (!entry.sample().shape().equals(shape)) {
            throw invalid("sample '%s' has shape %s, expected %s"
                    .formatted(sampleId, entry.sample().shape().label(), shape.label()));
        }
    }

    private Entry entry(String sampleId) {
        Entry entry = entries.get(sampleId);
        if (entry == null) {
            throw new IllegalArgumentException("no sample is called " + sampleId);
        }
        return entry;
    }

    private static WorkFailure invalid(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot train on preferences: %s. Correct the labels and import them again.".formatted(fact));
    }
}
