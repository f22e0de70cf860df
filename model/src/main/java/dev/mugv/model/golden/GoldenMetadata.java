package dev.mugv.model.golden;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import java.util.Arrays;
import java.util.List;

/** The sizes under a golden file's {@code __metadata__}. */
record GoldenMetadata(SafetensorsFile file) {
    String text(String key) {
        String value = file.metadata().get(key);
        if (value == null) {
            throw refused("expected metadata '%s', found %s"
                    .formatted(key, file.metadata().keySet()));
        }
        return value;
    }

    int integer(String key) {
        return Integer.parseInt(text(key).strip());
    }

    double decimal(String key) {
        return Double.parseDouble(text(key).strip());
    }

    /** For example {@code [32, 32, 64, 64]}. */
    List<Integer> integers(String key) {
        return Arrays.stream(text(key).replaceAll("[\\[\\]\\s]", "").split(","))
                .map(Integer::valueOf)
                .toList();
    }

    /** Requires a value that this model cannot differ in. */
    void requireFixed(String key, String fixed) {
        String found = file.metadata().getOrDefault(key, fixed);
        if (!found.equals(fixed)) {
            throw refused("expected %s %s, found %s".formatted(key, fixed, found));
        }
    }

    private WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot check '%s': %s. Give a file of the documented layout.".formatted(file.path(), fact));
    }
}
