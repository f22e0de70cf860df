package dev.mugv.jobs.config;

import dev.mugv.model.config.Default;
import dev.mugv.model.config.MustExist;
import java.io.StringReader;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Binds YAML to records by their components, which are the schema: names, types, {@link Default}s. Goes on after a
 * fault, so that one reading finds them all; a value that could not be bound is {@code null} here and never leaves.
 */
final class RecordBinder {
    private static final String KIND = "kind";

    private final ScalarReader scalars;
    private final PathCheck pathCheck;
    private final List<ConfigurationFault> faults = new ArrayList<>();

    RecordBinder(ScalarReader scalars, PathCheck pathCheck) {
        this.scalars = scalars;
        this.pathCheck = pathCheck;
    }

    /** Faults found so far. */
    List<ConfigurationFault> faults() {
        return List.copyOf(faults);
    }

    /** The record, or null when there are faults. */
    <T> @Nullable T bind(String yaml, Class<T> type) {
        Place top = new Place("", 1, Place.Origin.FILE);
        try {
            return type.cast(bindRecord(type, compose(yaml), top));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            faults.add(new ConfigurationFault(line, "", "expected YAML, found: " + e.getProblem()));
        } catch (YAMLException e) {
            faults.add(top.fault("expected YAML, found: " + e.getMessage()));
        }
        return null;
    }

    static @Nullable Node compose(String yaml) {
        return new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(yaml));
    }

    private static Node word(String value) {
        return new ScalarNode(Tag.STR, value, null, null, DumperOptions.ScalarStyle.PLAIN);
    }

    private @Nullable Object bindValue(Type type, Node node, Place place) {
        if (type instanceof ParameterizedType generic) {
            Type element = generic.getActualTypeArguments()[0];
            if (generic.getRawType() == Optional.class) {
                Object value = bindValue(element, node, place);
                return value == null ? null : Optional.of(value);
            }
            return bindList(element, node, place);
        }
        // Items of lists are boxed numbers.
        Class<?> raw = MethodType.methodType((Class<?>) type).unwrap().returnType();
        if (ScalarReader.reads(raw)) {
            return bindScalar(raw, node, place);
        }
        return raw.isRecord() ? bindRecord(raw, node, place) : bindKind(raw, node, place);
    }

    private @Nullable Object bindScalar(Class<?> type, Node node, Place place) {
        String expected = ScalarReader.describe(type);
        if (!(node instanceof ScalarNode scalar)) {
            return fault(place, "expected %s, found %s".formatted(expected, describe(node)));
        }
        Optional<Object> value = isNothing(node) ? Optional.empty() : scalars.read(scalar.getValue(), type);
        return value.isPresent()
                ? value.get()
                : fault(place, "expected %s, found %s".formatted(expected, describe(node)));
    }

    private @Nullable Object bindList(Type element, Node node, Place place) {
        if (!(node instanceof SequenceNode sequence)) {
            return fault(place, "expected a list, found " + describe(node));
        }
        List<Object> items = new ArrayList<>();
        boolean whole = true;
        for (Node item : sequence.getValue()) {
            Object value = bindValue(element, item, place.item(items.size(), item));
            whole &= value != null;
            items.add(value == null ? "" : value);
        }
        return whole ? items : null;
    }

    /** One of several records, told apart by the key {@code kind}. */
    private @Nullable Object bindKind(Class<?> type, Node node, Place place) {
        Map<String, Class<?>> kinds = Arrays.stream(type.getPermittedSubclasses())
                .collect(Collectors.toMap(
                        kind -> KebabCase.ofComponent(kind.getSimpleName()),
                        kind -> kind,
                        (a, b) -> a,
                        LinkedHashMap::new));
        String expected = "expected one of " + String.join(", ", kinds.keySet());
        if (!(node instanceof MappingNode mapping)) {
            return fault(place, "expected a section with a kind, found " + describe(node));
        }
        Node kind = null;
        for (NodeTuple entry : mapping.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key && key.getValue().equals(KIND)) {
                kind = entry.getValueNode();
            }
        }
        if (kind == null) {
            return fault(place.missingKey(KIND, place.origin()), expected + ", found nothing");
        }
        Class<?> chosen = kind instanceof ScalarNode word ? kinds.get(word.getValue()) : null;
        if (chosen == null) {
            return fault(place.key(KIND, kind), expected + ", found " + describe(kind));
        }
        return bindRecord(chosen, mapping, place);
    }

    private @Nullable Object bindRecord(Class<?> type, @Nullable Node node, Place place) {
        if (node != null && !isNothing(node) && !(node instanceof MappingNode)) {
            return fault(place, "expected a section of keys, found " + describe(node));
        }
        Map<String, Node> given = node instanceof MappingNode mapping ? entries(type, mapping, place) : Map.of();
        Map<String, Place> places = new LinkedHashMap<>();
        Map<String, Object> values = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Object value = bindComponent(component, given, place, places);
            if (value != null) {
                values.put(component.getName(), value);
            }
        }
        RecordAssembly.Outcome outcome = new RecordAssembly(type, values).assemble();
        outcome.faults()
                .forEach(fault ->
                        faults.add(places.getOrDefault(fault.field(), place).fault(fault.message())));
        return outcome.made();
    }

    private @Nullable Object bindComponent(
            RecordComponent component, Map<String, Node> given, Place section, Map<String, Place> places) {
        String key = KebabCase.ofComponent(component.getName());
        Class<?> raw = component.getType();
        Node node = given.get(key);
        boolean canBeEmpty = raw == Optional.class || raw.isRecord();
        if (node != null && !(isNothing(node) && canBeEmpty)) {
            Place place = section.key(key, node);
            places.put(component.getName(), place);
            Object value = bindValue(component.getGenericType(), node, place);
            return value == null ? null : checkPath(component, value, place);
        }
        Default otherwise = component.getAnnotation(Default.class);
        Place place = section.missingKey(key, otherwise == null ? Place.Origin.FILE : Place.Origin.DEFAULT);
        places.put(component.getName(), place);
        if (raw == Optional.class) {
            return Optional.empty();
        }
        if (otherwise != null) {
            Node byDefault = ScalarReader.reads(raw) ? word(otherwise.value()) : compose(otherwise.value());
            return byDefault == null ? null : bindValue(component.getGenericType(), byDefault, place);
        }
        if (raw.isRecord() && hasOnlyDefaults(raw)) {
            return bindRecord(raw, null, place);
        }
        return fault(place, "expected %s, found nothing".formatted(expected(component.getGenericType())));
    }

    /** The section's entries by key; unknown and repeated keys are faults. */
    private Map<String, Node> entries(Class<?> type, MappingNode mapping, Place place) {
        List<String> known = new ArrayList<>(Arrays.stream(type.getRecordComponents())
                .map(component -> KebabCase.ofComponent(component.getName()))
                .toList());
        boolean hasKind = Arrays.stream(type.getInterfaces()).anyMatch(Class::isSealed);
        Map<String, Node> entries = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            String key = entry.getKeyNode() instanceof ScalarNode word ? word.getValue() : "?";
            Place at = place.key(key, entry.getKeyNode());
            if (hasKind && key.equals(KIND)) {
                continue;
            }
            if (!known.contains(key)) {
                faults.add(at.fault(NearestKey.of(key, known)
                        .map(near -> "unknown key, did you mean '" + near + "'?")
                        .orElse("unknown key, expected one of " + String.join(", ", known))));
            } else if (entries.put(key, entry.getValueNode()) != null) {
                faults.add(at.fault("expected once, found twice"));
            }
        }
        return entries;
    }

    private @Nullable Object checkPath(RecordComponent component, Object value, Place place) {
        MustExist must = component.getAnnotation(MustExist.class);
        Object inner = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (must == null || pathCheck == PathCheck.SKIPPED || !(inner instanceof Path path)) {
            return value;
        }
        boolean there = switch (must.value()) {
            case FILE -> Files.isRegularFile(path) && Files.isReadable(path);
            case FOLDER -> Files.isDirectory(path) && Files.isReadable(path);
        };
        String what = KebabCase.ofConstant(must.value());
        String found = Files.exists(path) ? "something else" : "nothing";
        return there ? value : fault(place, "expected a readable %s, found %s at '%s'".formatted(what, found, path));
    }

    private static boolean hasOnlyDefaults(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .allMatch(component -> component.isAnnotationPresent(Default.class)
                        || component.getType() == Optional.class
                        || (component.getType().isRecord() && hasOnlyDefaults(component.getType())));
    }

    private @Nullable Object fault(Place place, String message) {
        faults.add(place.fault(message));
        return null;
    }

    private static String expected(Type type) {
        if (type instanceof ParameterizedType) {
            return "a list";
        }
        Class<?> raw = (Class<?>) type;
        return ScalarReader.reads(raw) ? ScalarReader.describe(raw) : "a section of keys";
    }

    private static String describe(Node node) {
        if (isNothing(node)) {
            return "nothing";
        }
        if (node instanceof ScalarNode scalar) {
            return "'" + scalar.getValue() + "'";
        }
        return node instanceof SequenceNode ? "a list" : "a section of keys";
    }

    private static boolean isNothing(Node node) {
        return Tag.NULL.equals(node.getTag());
    }
}
