package dev.mugv.model.convert;

import dev.mugv.model.format.ImportedData.Mark;
import java.nio.file.Path;

/**
 * A line of the list of samples.
 *
 * @param id its name
 * @param mark what the list says of its latent
 * @param latent file of its latent
 * @param text file of its caption's features
 */
record ListedSample(String id, Mark mark, Path latent, Path text) {}
