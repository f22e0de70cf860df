package dev.mugv.slurm.script;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What one element asks the executor for.
 *
 * @param nodes machines of an element; with more than one rank in all, srun starts the ranks
 * @param ranksPerNode processes of an element on each node
 * @param cpus of each rank
 * @param memoryMebibytes of each rank
 * @param timeLimit at least a minute; the local executor has none
 * @param options further directives in the executor's own words, for example {@code --qos=long}; the local executor
 *     ignores them
 */
// Six components because each is a directive of its own.
public record Resources(
        int nodes, int ranksPerNode, int cpus, int memoryMebibytes, Duration timeLimit, List<String> options) {
    /** A directive is a comment to bash; what could end the comment, or be split by Slurm, is refused. */
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z0-9-]*(=[A-Za-z0-9_.,:;/@%+*&|!\\[\\]()=-]+)?");

    public Resources {
        options = List.copyOf(options);
        if (nodes < 1 || ranksPerNode < 1 || cpus < 1 || memoryMebibytes < 1 || timeLimit.toMinutes() < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 node, 1 rank, 1 CPU, 1 MiB and 1 minute, found %d, %d, %d, %d and %s"
                            .formatted(nodes, ranksPerNode, cpus, memoryMebibytes, timeLimit));
        }
        for (String option : options) {
            if (!OPTION.matcher(option).matches()) {
                throw new IllegalArgumentException(
                        "expected a directive like --name=value without blanks and quotes, found '" + option + "'");
            }
        }
    }

    /** One process on one node. */
    public Resources(int cpus, int memoryMebibytes, Duration timeLimit, List<String> options) {
        this(1, 1, cpus, memoryMebibytes, timeLimit, options);
    }

    /** Processes of an element in all. */
    public int ranks() {
        return nodes * ranksPerNode;
    }

    public int cpusPerNode() {
        return cpus * ranksPerNode;
    }

    public long memoryMebibytesPerNode() {
        return (long) memoryMebibytes * ranksPerNode;
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
