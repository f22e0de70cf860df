package dev.mugv.slurm.script;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What one element asks the executor for.
 *
 * @param timeLimit at least a minute; the local executor has none
 * @param options further directives in the executor's own words, for example {@code --qos=long}; the local executor
 *     ignores them
 */
public record Resources(int nodes, int cpus, int memoryMebibytes, Duration timeLimit, List<String> options) {
    /** A directive is a comment to bash; what could end the comment, or be split by Slurm, is refused. */
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z0-9-]*(=[A-Za-z0-9_.,:;/@%+*&|!\\[\\]()=-]+)?");

    public Resources {
        options = List.copyOf(options);
        if (nodes < 1 || cpus < 1 || memoryMebibytes < 1 || timeLimit.toMinutes() < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 node, 1 CPU, 1 MiB and 1 minute, found %d, %d, %d and %s"
                            .formatted(nodes, cpus, memoryMebibytes, timeLimit));
        }
        for (String option : options) {
            if (!OPTION.matcher(option).matches()) {
                throw new IllegalArgumentException(
                        "expected a directive like --name=value without blanks and quotes, found '" + option + "'");
            }
        }
    }

    /** The value of a further directive, for example of {@code partition}; the last one counts. */
    public Optional<String> option(String name) {
        String start = "--" + name + "=";
        return options.stream()
                .filter(option -> option.startsWith(start))
                .map(option -> option.substring(start.length()))
                .reduce((first, second) -> second);
    }
}
