package dev.mugv.model.format;

import dev.mugv.model.config.PictureModels;
import dev.mugv.model.config.Range;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Parameters of {@code check-filters}: plant what one group of filters looks for, and count what they find.
 *
 * @param group which filters
 * @param clips candidates for clean clips, the preferred first; those that resemble an earlier one are passed over
 * @param given videos whose clips are candidates instead, by their names and contents
 * @param settings size, number and seed of the planted set
 * @param rules what is measured
 */
public record CheckFiltersOrder(
        Group group, List<ClipSource> clips, List<GivenVideo> given, Settings settings, Rules rules) {
    /** Folder of the planted videos among what the task publishes, with the {@link PlantedTruth}. */
    public static final String PLANTED_FOLDER = "planted";

    public CheckFiltersOrder {
        clips = List.copyOf(clips);
        given = List.copyOf(given);
    }

    /** Filters that are measured together, on videos of their own. */
    public enum Group {
        TRANSITIONS,
        SCORES,
        DUPLICATES;

        /** For example {@code transitions}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A video of the folder that clean clips are taken from.
     *
     * @param file relative to the workspace, named by its content
     * @param sha256 its content
     */
    public record GivenVideo(Path file, String sha256) {}

    /**
     * How large the planted set is.
     *
     * @param clips clean clips, at most
     * @param width pixels, a multiple of 16
     * @param height pixels, a multiple of 16
     */
    public record Settings(int clips, int width, int height, long seed) {}

    /**
     * By what the filters decide.
     *
     * @param ranges kept values by the name of a score; a score without a range has no filter
     * @param maxDistance largest distance of two near-duplicates
     * @param aestheticModel TorchScript model of the aesthetic score; a classical measure without it
     * @param models learned models of safety, text, tags and embeddings
     */
    public record Rules(
            SortedMap<String, Range> ranges, double maxDistance, Optional<Path> aestheticModel, PictureModels models) {
        public Rules {
            ranges = Collections.unmodifiableSortedMap(new TreeMap<>(ranges));
        }
    }
}
