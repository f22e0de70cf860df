package dev.mugv.steps.training;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.work.ContentLinks;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A file of weights that the configuration names, to be imported as a stage's artifact.
 *
 * @param file one file; the hash of an index would not tell that a shard has changed
 * @param key of the configuration, for messages
 */
record GivenWeights(Path file, String key) {
    private static final String INDEX_SUFFIX = ".index.json";

    /**
     * Gives it a name by its content.
     *
     * @throws WorkFailure of kind INVALID_REQUEST if it cannot be read, or is the index of shards
     */
    ContentLinks.Named name(ContentLinks links) {
        if (file.toString().endsWith(INDEX_SUFFIX)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot import the weights '%s': it is the index of shards, expected one file. Make one of them by 'mugv model convert' and set '%s' to it."
                            .formatted(file, key));
        }
        try {
            return links.name(file);
        } catch (UncheckedIOException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot import the weights '%s': %s. Correct '%s' in the configuration."
                            .formatted(file, e.getMessage(), key),
                    e);
        }
    }
}
