package dev.mugv.model.curation.planted;

import dev.mugv.model.curation.ClipComparison;
import dev.mugv.model.curation.VideoCurator.Curation;
import dev.mugv.model.curation.planted.PlantedFolder.Planted;
import dev.mugv.model.format.ClipDuplicates;
import dev.mugv.model.format.FilterChecks.Check;
import dev.mugv.model.format.FilterChecks.Variant;
import dev.mugv.model.format.PlantedEdit;
import dev.mugv.model.format.PlantedTruth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Counts copies that are found; pairs of different clips are wrong, two copies of one clip say nothing. */
final class DuplicateChecks {
    static final List<PlantedEdit> COPIES =
            List.of(PlantedEdit.RECOMPRESSED, PlantedEdit.CROPPED, PlantedEdit.MIRRORED, PlantedEdit.OVERLAID);

    private final double maxDistance;
    private final ClipComparison comparison;
    private final Map<String, PlantedTruth.Video> truthByClip = new HashMap<>();

    DuplicateChecks(double maxDistance) {
        this.maxDistance = maxDistance;
        comparison = new ClipComparison(maxDistance);
    }

    void add(Planted planted, Curation curation) {
        comparison.add(curation.fingerprints());
        curation.video().clips().forEach(clip -> truthByClip.put(clip.clipId(), planted.truth()));
    }

    /** What was counted. */
    Check check() {
        Set<Integer> clips = new HashSet<>();
        truthByClip.values().forEach(truth -> clips.add(truth.clip()));
        Map<PlantedEdit, Set<Integer>> found = new HashMap<>();
        Set<Set<String>> wrong = new HashSet<>();
        for (ClipDuplicates.Pair pair : comparison.compare().pairs()) {
            PlantedTruth.Video one = truth(pair.clipId());
            PlantedTruth.Video other = truth(pair.otherId());
            if (one.clip() != other.clip()) {
                wrong.add(Set.of(one.file(), other.file()));
            } else if (one.edit() == PlantedEdit.CLEAN || other.edit() == PlantedEdit.CLEAN) {
                PlantedEdit copy = one.edit() == PlantedEdit.CLEAN ? other.edit() : one.edit();
                found.computeIfAbsent(copy, key -> new HashSet<>()).add(one.clip());
            }
        }
        List<Variant> variants = new ArrayList<>();
        for (PlantedEdit copy : COPIES) {
            variants.add(new Variant(
                    copy.label() + " copy",
                    clips.size(),
                    found.getOrDefault(copy, Set.of()).size()));
        }
        int videosOfAClip = COPIES.size() + 1;
        int sound = clips.size() * (clips.size() - 1) / 2 * videosOfAClip * videosOfAClip;
        String rule = String.format(Locale.ROOT, "fingerprints differ in at most %.4g of their bits", maxDistance);
        return new Check("duplicates", Optional.of(rule), variants, sound, wrong.size());
    }

    private PlantedTruth.Video truth(String clipId) {
        PlantedTruth.Video truth = truthByClip.get(clipId);
        if (truth == null) {
            throw new IllegalStateException("clip " + clipId + " of no planted video");
        }
        return truth;
    }
}
