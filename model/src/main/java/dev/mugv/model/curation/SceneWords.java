package dev.mugv.model.curation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Finds words of a caption that name kinds of scenes and subjects, as tags for balancing (mugv.md, section 1.1, step 5). */
final class SceneWords {
    private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}]+");

    private static final Map<String, Set<String>> WORDS = new TreeMap<>(Map.of(
            "scene:city", Set.of("city", "street", "building", "buildings", "skyline", "road", "traffic", "town"),
            "scene:nature",
                    Set.of("forest", "tree", "trees", "mountain", "mountains", "field", "grass", "meadow", "sky"),
            "scene:water", Set.of("sea", "ocean", "water", "river", "lake", "bay", "wave", "waves", "beach"),
            "scene:indoors", Set.of("room", "indoors", "desk", "table", "kitchen", "office", "wall"),
            "subject:person",
                    Set.of(
                            "person",
                            "people",
                            "man",
                            "woman",
                            "men",
                            "women",
                            "child",
                            "pedestrian",
                            "pedestrians",
                            "hand"),
            "subject:animal", Set.of("animal", "dog", "cat", "bird", "birds", "rabbit", "bunny", "horse", "butterfly"),
            "subject:vehicle", Set.of("car", "cars", "bus", "train", "boat", "ship", "plane", "bicycle", "truck"),
            "subject:object", Set.of("cup", "ball", "box", "book", "bottle", "toy", "mug"),
            "subject:structure", Set.of("bridge", "tower", "house", "church", "castle", "monument"),
            "style:animation", Set.of("animated", "animation", "cartoon", "rendered")));

    private SceneWords() {}

    /** Tags in alphabetical order. */
    static List<String> tags(String caption) {
        Set<String> words = new TreeSet<>(List.of(NO_LETTERS.split(caption.toLowerCase(Locale.ROOT))));
        List<String> tags = new ArrayList<>();
        WORDS.forEach((tag, known) -> {
            if (known.stream().anyMatch(words::contains)) {
                tags.add(tag);
            }
        });
        return tags;
    }
}
