package dev.mugv.model.curation.planted;

import dev.mugv.model.config.Range;
import dev.mugv.model.format.ClipScores;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.format.FilterChecks.Check;
import dev.mugv.model.format.FilterChecks.Variant;
import dev.mugv.model.format.PlantedEdit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * Counts clips that filters of scores reject. A filter must reject the edits that are its own and keep the others, except those that
 * may well change its score too.
 */
final class ScoreChecks {
    /**
     * What a filter looks for.
     *
     * @param own edits that it must reject
     * @param excepted edits that say nothing about it
     */
    private record Subject(String score, Set<PlantedEdit> own, Set<PlantedEdit> excepted) {}

    private static final List<Subject> SUBJECTS = List.of(
            new Subject(
                    ClipScores.SHARPNESS,
                    EnumSet.of(PlantedEdit.BLUR),
                    EnumSet.of(PlantedEdit.DARK, PlantedEdit.BRIGHT, PlantedEdit.DULL, PlantedEdit.SHAKE)),
            new Subject(
                    ClipScores.EXPOSURE,
                    EnumSet.of(PlantedEdit.DARK, PlantedEdit.BRIGHT),
                    EnumSet.of(PlantedEdit.LETTERBOX, PlantedEdit.PILLARBOX)),
            new Subject(
                    ClipScores.MOTION,
                    EnumSet.of(PlantedEdit.STILL),
                    EnumSet.of(
                            PlantedEdit.SLOWED,
                            PlantedEdit.DARK,
                            PlantedEdit.BRIGHT,
                            PlantedEdit.DULL,
                            PlantedEdit.BLUR)),
            new Subject(
                    ClipScores.AESTHETIC,
                    EnumSet.of(PlantedEdit.DULL),
                    EnumSet.of(
                            PlantedEdit.BLUR,
                            PlantedEdit.DARK,
                            PlantedEdit.BRIGHT,
                            PlantedEdit.LETTERBOX,
                            PlantedEdit.PILLARBOX)),
            new Subject(
                    ClipScores.BORDER_SHARE,
                    EnumSet.of(PlantedEdit.LETTERBOX, PlantedEdit.PILLARBOX),
                    EnumSet.of(PlantedEdit.DARK)),
            new Subject(
                    ClipScores.SHAKE, EnumSet.of(PlantedEdit.SHAKE), EnumSet.of(PlantedEdit.SLOWED, PlantedEdit.SPED)),
            new Subject(
                    ClipScores.REPEATED_SHARE,
                    EnumSet.of(PlantedEdit.SLOWED),
                    EnumSet.of(PlantedEdit.STILL, PlantedEdit.DARK, PlantedEdit.BRIGHT, PlantedEdit.DULL)));

    /** Judged where a model of text is configured. */
    private static final Subject TEXT =
            new Subject(ClipScores.TEXT_AREA, EnumSet.of(PlantedEdit.TEXT), EnumSet.noneOf(PlantedEdit.class));

    private final List<Subject> subjects = new ArrayList<>(SUBJECTS);
    private final SortedMap<String, Range> ranges;
    private final Map<PlantedEdit, List<CuratedClip>> measured = new EnumMap<>(PlantedEdit.class);

    ScoreChecks(SortedMap<String, Range> ranges) {
        this.ranges = ranges;
        if (ranges.containsKey(ClipScores.TEXT_AREA)) {
            subjects.add(TEXT);
        }
    }

    /** Edits that have to be measured. */
    List<PlantedEdit> edits() {
        Set<PlantedEdit> edits = EnumSet.of(PlantedEdit.CLEAN);
        subjects.forEach(subject -> edits.addAll(subject.own()));
        return List.copyOf(edits);
    }

    /** Takes what curation measured of an edited clip. */
    void add(PlantedEdit edit, CuratedClip clip) {
        measured.computeIfAbsent(edit, key -> new ArrayList<>()).add(clip);
    }

    /** What was counted. */
    List<Check> checks() {
        return subjects.stream().map(this::check).toList();
    }

    private Check check(Subject subject) {
        Optional<Range> range = Optional.ofNullable(ranges.get(subject.score()));
        List<Variant> variants = new ArrayList<>();
        int sound = 0;
        int falseAlarms = 0;
        for (Map.Entry<PlantedEdit, List<CuratedClip>> entry : measured.entrySet()) {
            List<CuratedClip> clips = entry.getValue();
            int rejected = (int) clips.stream()
                    .filter(clip -> range.filter(kept -> !kept.contains(clip.score(subject.score())))
                            .isPresent())
                    .count();
            if (subject.own().contains(entry.getKey())) {
                variants.add(new Variant(entry.getKey().label(), clips.size(), rejected));
            } else if (!subject.excepted().contains(entry.getKey())) {
                sound += clips.size();
                falseAlarms += rejected;
            }
        }
        return new Check(subject.score(), range.map(ScoreChecks::words), variants, sound, falseAlarms);
    }

    private static String words(Range kept) {
        return String.format(Locale.ROOT, "rejects outside of %.4g to %.4g", kept.min(), kept.max());
    }
}
