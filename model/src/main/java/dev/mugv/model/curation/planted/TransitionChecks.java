package dev.mugv.model.curation.planted;

import dev.mugv.model.curation.TransitionDetector;
import dev.mugv.model.curation.planted.PlantedFolder.Planted;
import dev.mugv.model.format.FilterChecks.Check;
import dev.mugv.model.format.FilterChecks.Variant;
import dev.mugv.model.format.Transition;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts changes of shot that are found. A hard cut is found when one is named within a frame of it; a gradual change when one of either
 * gradual kind is named that covers most of its frames, since frames of a blend in a clip are what does harm.
 */
final class TransitionChecks {
    private static final int NEAR = 1;
    private static final double COVERED = 0.5;

    private final int threads;
    private final Map<Transition.Kind, Map<String, int[]>> counts = new EnumMap<>(Transition.Kind.class);
    private final Map<Transition.Kind, Integer> falseAlarms = new EnumMap<>(Transition.Kind.class);
    private int frames;

    TransitionChecks(int threads) {
        this.threads = threads;
    }

    /** Looks for changes in one film. */
    void add(Planted film) {
        List<Transition> found = new ArrayList<>(detect(film));
        for (Transition planted : film.truth().transitions()) {
            int[] count = counts.computeIfAbsent(planted.kind(), kind -> new LinkedHashMap<>())
                    .computeIfAbsent(film.truth().variant(), name -> new int[2]);
            count[0]++;
            Optional<Transition> match =
                    found.stream().filter(one -> matches(planted, one)).findFirst();
            match.ifPresent(one -> {
                count[1]++;
                found.remove(one);
            });
        }
        found.forEach(wrong -> falseAlarms.merge(wrong.kind(), 1, Integer::sum));
    }

    private List<Transition> detect(Planted film) {
        TransitionDetector detector = new TransitionDetector();
        try (FrameReader reader = FrameReader.open(film.file(), threads)) {
            double aspect =
                    reader.properties().width() / (double) reader.properties().height();
            FrameSize size = TransitionDetector.sizeFor(aspect);
            while (reader.advance()) {
                detector.add(reader.yuv(size));
                frames++;
            }
        }
        return detector.finish().transitions();
    }

    private static boolean matches(Transition planted, Transition found) {
        if (planted.kind() == Transition.Kind.HARD_CUT || found.kind() == Transition.Kind.HARD_CUT) {
            return planted.kind() == found.kind() && Math.abs(planted.cut() - found.cut()) <= NEAR;
        }
        int shared =
                Math.min(planted.endFrame(), found.endFrame()) - Math.max(planted.firstFrame(), found.firstFrame());
        return shared >= COVERED * (planted.endFrame() - planted.firstFrame());
    }

    /** What was counted. */
    List<Check> checks() {
        return List.of(
                check("hard-cuts", Transition.Kind.HARD_CUT, "named within a frame of it"),
                check("dissolves", Transition.Kind.DISSOLVE, "a gradual change named over most of it"),
                check("fades", Transition.Kind.FADE, "a gradual change named over most of it"));
    }

    private Check check(String name, Transition.Kind kind, String rule) {
        List<Variant> variants = counts.getOrDefault(kind, Map.of()).entrySet().stream()
                .map(entry -> new Variant(entry.getKey(), entry.getValue()[0], entry.getValue()[1]))
                .toList();
        return new Check(name, Optional.of(rule), variants, frames, falseAlarms.getOrDefault(kind, 0));
    }
}
