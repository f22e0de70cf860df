package dev.mugv.jobs.config;

import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.VideoShape;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calls a record's constructor, whose checks are the ranges of the configuration. Where components are missing it calls it
 * all the same, to hear what it has to say of the others: twice, with small and with large stand-ins, and believes what
 * it says both times, because a fault that names a stand-in is none of the file's.
 *
 * @param values components that could be bound, by name
 */
record RecordAssembly(Class<?> type, Map<String, Object> values) {
    private static final Map<Class<?>, Object> SMALL = Map.of(
            int.class,
            0,
            long.class,
            0L,
            double.class,
            0.0,
            Duration.class,
            Duration.ZERO,
            VideoShape.class,
            new VideoShape(16, 16, 8, 8));

    private static final Map<Class<?>, Object> LARGE = Map.of(
            int.class,
            1 << 30,
            long.class,
            1L << 60,
            double.class,
            1e300,
            Duration.class,
            Duration.ofDays(10_000),
            VideoShape.class,
            new VideoShape(1 << 20, 1 << 20, 1 << 20, 8));

    private static final Map<Class<?>, Object> NEUTRAL = Map.of(
            boolean.class,
            false,
            String.class,
            "",
            List.class,
            List.of(),
            Optional.class,
            Optional.empty(),
            Path.class,
            Path.of("."),
            URI.class,
            URI.create("http://localhost"));

    /**
     * @param made null when a component is missing or refused
     * @param faults what the constructor refused, by component; the name is empty for the record as a whole
     */
    record Outcome(@Nullable Object made, List<InvalidValuesException.Fault> faults) {}

    Outcome assemble() {
        if (values.size() == type.getRecordComponents().length) {
            return call(Map.of());
        }
        List<InvalidValuesException.Fault> low = call(SMALL).faults();
        List<InvalidValuesException.Fault> high = call(LARGE).faults();
        List<InvalidValuesException.Fault> both = low.stream()
                .filter(fault -> values.containsKey(fault.field()) && high.contains(fault))
                .toList();
        return new Outcome(null, both);
    }

    private Outcome call(Map<Class<?>, Object> standIns) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] arguments = Arrays.stream(components)
                .map(component -> values.getOrDefault(component.getName(), standIn(component.getType(), standIns)))
                .toArray();
        try {
            return new Outcome(constructor(components).newInstance(arguments), List.of());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InvalidValuesException invalid) {
                return new Outcome(null, invalid.faults());
            }
            if (standIns.isEmpty()) {
                throw new IllegalStateException("a configuration record failed on values of the right types", e);
            }
            // A record that is missing as a whole has no stand-in; its fault is already noted.
            return new Outcome(null, List.of());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("record " + type.getName() + " cannot be made", e);
        }
    }

    private static @Nullable Object standIn(Class<?> type, Map<Class<?>, Object> standIns) {
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        return standIns.getOrDefault(type, NEUTRAL.get(type));
    }

    private Constructor<?> constructor(RecordComponent[] components) throws NoSuchMethodException {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor;
    }
}
