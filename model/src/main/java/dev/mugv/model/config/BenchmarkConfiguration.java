package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the card of the evaluated checkpoints is measured (mugv.md, section 5.7).
 *
 * @param networks TorchScript files for dimensions that a network of pictures measures
 * @param imported results of VBench itself
 * @param videoEncoder TorchScript of the features that the distance to real videos is computed from: {@code forward} takes
 *     [1, 3, T, 224, 224], RGB in 0..1, T at most 16, and returns features [1, D]; without one, a network with random weights
 * @param realVideos most clips that the distance is computed to, held-out ones first; 0 for no distance
 */
public record BenchmarkConfiguration(
        @Default("[]") List<Network> networks,
        @Default("[]") List<Imported> imported,
        @MustExist(MustExist.Kind.FILE) Optional<Path> videoEncoder,
        @Default("64") int realVideos) {
    public BenchmarkConfiguration {
        networks = List.copyOf(networks);
        imported = List.copyOf(imported);
        new Faults()
                .require(
                        networks.stream().map(Network::dimension).distinct().count() == networks.size(),
                        "networks",
                        "expected one network a dimension")
                .within(0, 100_000, realVideos, "realVideos")
                .throwIfAny();
    }

    /**
     * A network of a dimension.
     *
     * @param dimension what it measures
     * @param file TorchScript: {@code forward} takes a picture [1, 3, 224, 224], RGB in 0..1, and returns features [1, D], for
     *     aesthetic-quality one number of 0 to 10, for imaging-quality one of 0 to 100
     */
    public record Network(
            PictureDimension dimension,
            @MustExist(MustExist.Kind.FILE) Path file) {}

    /** Dimensions that a network of pictures measures, under the names of the card. */
    public enum PictureDimension {
        IMAGE_SUBJECT,
        IMAGE_BACKGROUND,
        SUBJECT_CONSISTENCY,
        BACKGROUND_CONSISTENCY,
        AESTHETIC_QUALITY,
        IMAGING_QUALITY
    }

    /**
     * A file of scores that VBench itself has given to the videos of a checkpoint; files named by sample id.
     *
     * @param checkpoint what people call it: {@code pretrained}, {@code finetuned}, {@code aligned}
     * @param file VBench's JSON of results, or a CSV with the columns {@code sample,dimension,score}
     */
    public record Imported(
            String checkpoint,
            @MustExist(MustExist.Kind.FILE) Path file) {}
}
