package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Learned models of pictures that curation asks, each a TorchScript file: {@code forward} takes a picture {@code [1, 3, 224, 224]}, fp32, RGB
 * in 0..1, the centre square of the frame, and normalises it as its weights need.
 *
 * @param safety returns one number, 0 harmless to 1 not to be shown; a clip has the largest of its pictures
 * @param textArea returns one number, the share of the picture that text covers; a clip has the mean of its pictures
 * @param tags returns one number a name, 0 to 1; a clip has the mean of its pictures, and the tag from a half on
 * @param embedding returns a vector of 2 to 1024 numbers; a clip has the mean direction of its pictures, by which near-duplicates are found too
 */
public record PictureModels(
        @MustExist(MustExist.Kind.FILE) Optional<Path> safety,
        @MustExist(MustExist.Kind.FILE) Optional<Path> textArea,
        Optional<TagModel> tags,
        @MustExist(MustExist.Kind.FILE) Optional<Path> embedding) {
    /** No model at all. */
    public static PictureModels none() {
        return new PictureModels(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same models under other paths. */
    public PictureModels named(UnaryOperator<Path> naming) {
        return new PictureModels(
                safety.map(naming),
                textArea.map(naming),
                tags.map(model -> new TagModel(naming.apply(model.file()), model.names())),
                embedding.map(naming));
    }

    /** All files that are named. */
    public List<Path> files() {
        return Stream.of(safety, textArea, tags.map(TagModel::file), embedding)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Whether none is named. */
    public boolean areNone() {
        return equals(none());
    }
}
