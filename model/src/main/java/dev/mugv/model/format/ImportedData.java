package dev.mugv.model.format;

import java.util.List;
import java.util.Optional;

/**
 * Where imported shards come from: {@code import.json} beside their folders. What the shards hold is normalised once,
 * whatever the samples were; this says what each was.
 *
 * @param listFile the list of samples, {@code train.csv}
 * @param listSha256 hash of its content
 * @param shift of the normalisation, one value a channel
 * @param scale likewise
 * @param shards names of the folders
 * @param samples one entry a sample that is in a shard
 * @param faults samples that were left out
 */
public record ImportedData(
        String listFile,
        String listSha256,
        List<Float> shift,
        List<Float> scale,
        List<String> shards,
        List<Sample> samples,
        List<LatentShard.Fault> faults) {
    public static final String FILE_NAME = "import.json";

    /** How the list marks a latent. */
    public enum Mark {
        /** Of a real video: the trainer that reads the list subtracts the means and divides by the deviations. */
        REAL,
        /** Made by a model: normalised already. */
        GENERATED
    }

    /** What a latent's numbers were when it was imported. */
    public enum Found {
        NORMALISED,
        /** The posterior's own numbers, which the import has normalised. */
        NOT_NORMALISED
    }

    /** What a latent's numbers look like, by the spread of its channels. */
    public enum Looks {
        NORMALISED,
        NOT_NORMALISED,
        /** Normalised a second time. */
        TWICE_NORMALISED,
        /** Too few numbers, too flat, or between two of the others. */
        UNCLEAR
    }

    /**
     * One imported sample.
     *
     * @param sampleId its name in the list; the clip's id in the shard
     * @param latentSha256 hash of its latent's file
     * @param mark what the list says
     * @param found what it was taken for
     * @param looks what its numbers look like
     * @param slope of the logarithms of its channels' deviations over those of the scales: 1 when not normalised, 0 when
     *     normalised, -1 when normalised twice; empty where it cannot be computed
     */
    public record Sample(
            String sampleId, String latentSha256, Mark mark, Found found, Looks looks, Optional<Double> slope) {}

    public ImportedData {
        shift = List.copyOf(shift);
        scale = List.copyOf(scale);
        shards = List.copyOf(shards);
        samples = List.copyOf(samples);
        faults = List.copyOf(faults);
    }
}
