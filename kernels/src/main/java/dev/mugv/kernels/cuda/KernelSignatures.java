package dev.mugv.kernels.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What every kernel takes, read from PTX. The driver gets an array of places of arguments and cannot know how many there are: one
 * too few, or of another size, is read from beyond.
 */
final class KernelSignatures {
    private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)\\s*\\(([^)]*)\\)");
    private static final Pattern PARAMETER = Pattern.compile("\\.param\\s+\\.([a-z]+\\d+)");

    private final Map<String, List<String>> types;

    private KernelSignatures(Map<String, List<String>> types) {
        this.types = types;
    }

    static KernelSignatures of(String ptx) {
        Map<String, List<String>> types = new HashMap<>();
        Matcher entries = ENTRY.matcher(ptx);
        while (entries.find()) {
            List<String> parameters = new ArrayList<>();
            Matcher parameter = PARAMETER.matcher(entries.group(2));
            while (parameter.find()) {
                parameters.add(parameter.group(1));
            }
            types.put(entries.group(1), List.copyOf(parameters));
        }
        return new KernelSignatures(types);
    }

    Map<String, List<String>> types() {
        return Map.copyOf(types);
    }

    /**
     * Checks the arguments of a launch.
     *
     * @param given types of the arguments: {@code u64}, {@code u32}, {@code f32}
     * @throws IllegalArgumentException if the kernel takes others
     */
    void require(String kernel, List<String> given) {
        List<String> expected = types.get(kernel);
        if (!given.equals(expected)) {
            throw new IllegalArgumentException(
                    "kernel %s: expected arguments %s, found %s".formatted(kernel, expected, given));
        }
    }
}
