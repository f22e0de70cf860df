package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How clips are cut, measured, chosen and described (mugv.md, section 1.1).
 *
 * @param clipLength shortest and longest clip
 * @param filters ranges of kept scores
 * @param aestheticModel TorchScript model of the aesthetic score; a classical measure without it
 * @param models learned models of safety, text, tags and embeddings
 * @param duplicates near-duplicates
 * @param captioner who describes the clips
 * @param balancing weights by tags
 * @param planted how filters are measured
 * @param seed decides which clips are held out
 */
public record CurationConfiguration(
        @Default("{min: 2s, max: 5s}") LengthRange clipLength,
        ClipFilters filters,
        @MustExist(MustExist.Kind.FILE) Optional<Path> aestheticModel,
        PictureModels models,
        DuplicateRules duplicates,
        @Default("{kind: describer}") CaptionerConfiguration captioner,
        Balancing balancing,
        PlantedChecks planted,
        @Default("1") long seed) {
    public CurationConfiguration {
        new Faults()
                .require(
                        filters.safety().isEmpty() || models.safety().isPresent(),
                        "filters",
                        "expected 'models.safety' beside a range of 'safety', found none")
                .require(
                        filters.textArea().isEmpty() || models.textArea().isPresent(),
                        "filters",
                        "expected 'models.text-area' beside a range of 'text-area', found none")
                .throwIfAny();
    }
}
