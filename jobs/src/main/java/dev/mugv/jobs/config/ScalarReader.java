package dev.mugv.jobs.config;

import dev.mugv.model.run.DataSize;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns a word of the file into a value of the type that is wanted there. */
final class ScalarReader {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");

    private final Path folder;

    /**
     * @param folder what relative paths start at
     */
    ScalarReader(Path folder) {
        this.folder = folder;
    }

    /** Whether values of this type are single words. */
    static boolean reads(Class<?> type) {
        return type.isPrimitive()
                || type.isEnum()
                || type == String.class
                || type == Path.class
                || type == URI.class
                || type == Duration.class
                || type == DataSize.class;
    }

    /** What the type is called in messages. */
    static String describe(Class<?> type) {
        if (type == int.class || type == long.class) {
            return "a whole number";
        }
        if (type == double.class) {
            return "a number";
        }
        if (type == boolean.class) {
            return "true or false";
        }
        if (type == Duration.class) {
            return "a duration such as 500ms, 2s or 10m";
        }
        if (type == DataSize.class) {
            return "a size such as 512MiB or 4GiB";
        }
        if (type == Path.class) {
            return "a path";
        }
        if (type == URI.class) {
            return "an address";
        }
        return type.isEnum() ? "one of " + constants(type) : "text";
    }

    /** The value, or nothing where the word is not of this type. */
    Optional<Object> read(String word, Class<?> type) {
        try {
            return convert(word, type);
        } catch (NumberFormatException | InvalidPathException | URISyntaxException e) {
            return Optional.empty();
        }
    }

    private Optional<Object> convert(String word, Class<?> type) throws URISyntaxException {
        if (type == int.class) {
            return Optional.of(Integer.parseInt(word.replace("_", "")));
        }
        if (type == long.class) {
            return Optional.of(Long.parseLong(word.replace("_", "")));
        }
        if (type == double.class) {
            double value = Double.parseDouble(word);
            boolean suffixed = word.matches(".*[dDfF]");
            return Double.isFinite(value) && !suffixed ? Optional.of(value) : Optional.empty();
        }
        if (type == boolean.class) {
            return word.equals("true") || word.equals("false")
                    ? Optional.of(Boolean.parseBoolean(word))
                    : Optional.empty();
        }
        if (type == Duration.class) {
            return duration(word).map(value -> value);
        }
        if (type == DataSize.class) {
            return DataSize.parse(word).map(value -> value);
        }
        if (type == Path.class) {
            return word.isEmpty() ? Optional.empty() : Optional.of(path(word));
        }
        if (type == URI.class) {
            return Optional.of(new URI(word));
        }
        return type.isEnum() ? constant(word, type) : Optional.of(word);
    }

    private Path path(String word) {
        String home = System.getProperty("user.home");
        Path path = word.startsWith("~/") ? Path.of(home, word.substring(2)) : Path.of(word);
        return folder.resolve(path).normalize();
    }

    private static Optional<Duration> duration(String word) {
        Matcher matcher = DURATION.matcher(word);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                });
    }

    private static Optional<Object> constant(String word, Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> KebabCase.ofConstant((Enum<?>) constant).equals(word))
                .findFirst()
                .map(constant -> (Object) constant);
    }

    private static String constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> KebabCase.ofConstant((Enum<?>) constant))
                .collect(Collectors.joining(", "));
    }
}
