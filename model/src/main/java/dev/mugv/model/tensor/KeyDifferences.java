package dev.mugv.model.tensor;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a set of tensors lacks, has too much and has in another shape, as one text of bounded length.
 *
 * @param missing expected names that are not there, sorted
 * @param unexpected names that are there and were not expected, sorted
 * @param misshapen name, expected and found shape of the others
 */
public record KeyDifferences(List<String> missing, List<String> unexpected, List<String> misshapen) {
    /** Names of each kind that a message lists; the rest is counted. */
    private static final int MOST_LISTED = 12;

    public KeyDifferences {
        missing = List.copyOf(missing);
        unexpected = List.copyOf(unexpected);
        misshapen = List.copyOf(misshapen);
    }

    public static KeyDifferences between(TensorSource found, Collection<ParameterShape> expected) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        found.names().forEach(name -> shapes.put(name, found.shape(name)));
        return between(shapes, expected);
    }

    public static KeyDifferences between(Map<String, Shape> found, Collection<ParameterShape> expected) {
        Set<String> missing = new TreeSet<>();
        Set<String> unexpected = new TreeSet<>(found.keySet());
        List<String> misshapen = new ArrayList<>();
        for (ParameterShape parameter : expected) {
            Shape shape = found.get(parameter.name());
            if (shape == null) {
                missing.add(parameter.name());
                continue;
            }
            unexpected.remove(parameter.name());
            if (!shape.equals(parameter.shape())) {
                misshapen.add("%s (expected %s, found %s)".formatted(parameter.name(), parameter.shape(), shape));
            }
        }
        return new KeyDifferences(List.copyOf(missing), List.copyOf(unexpected), misshapen);
    }

    public boolean isEmpty() {
        return missing.isEmpty() && unexpected.isEmpty() && misshapen.isEmpty();
    }

    /** For the middle of a message. */
    @Override
    public String toString() {
        return "missing keys %s; unexpected keys %s; wrong shapes %s"
                .formatted(listed(missing), listed(unexpected), listed(misshapen));
    }

    private static String listed(List<String> names) {
        if (names.size() <= MOST_LISTED) {
            return names.toString();
        }
        return "[%s and %,d more]"
                .formatted(String.join(", ", names.subList(0, MOST_LISTED)), names.size() - MOST_LISTED);
    }
}
