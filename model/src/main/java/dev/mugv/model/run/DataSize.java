package dev.mugv.model.run;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written as {@code 512MiB} or {@code 4GiB}.
 *
 * @param bytes not negative
 */
public record DataSize(@JsonValue long bytes) {
    private static final Pattern WORD = Pattern.compile("([0-9]{1,9})(B|KiB|MiB|GiB|TiB)");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("expected a size of at least 0 bytes, found " + bytes);
        }
    }

    public static DataSize mebibytes(long count) {
        return new DataSize(Math.multiplyExact(count, 1L << 20));
    }

    /** The size that a word of a configuration means, or nothing where it is none. */
    public static Optional<DataSize> parse(String word) {
        Matcher matcher = WORD.matcher(word);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int shift = switch (matcher.group(2)) {
            case "B" -> 0;
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 40;
        };
        long count = Long.parseLong(matcher.group(1));
        return count > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(new DataSize(count << shift));
    }
}
