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
 * @param pmi srun's plugin by which ranks that speak MPI find each other, or {@link #NO_PMI}; mpirun starts them locally
 */
// Seven components because each is a directive of its own.
public record Resources(
        int nodes,
        int ranksPerNode,
        int cpus,
        int memoryMebibytes,
        Duration timeLimit,
        List<String> options,
        String pmi) {
    /** For ranks that do not speak MPI. */
    public static final String NO_PMI = "none";

    /** A directive is a comment to bash; what could end the comment, or be split by Slurm, is refused. */
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z0-9-]*(=[A-Za-z0-9_.,:;/@%+*&|!\\[\\]()=-]+)?");

    private static final Pattern PMI = Pattern.compile("[a-z0-9_]+");

    public Resources {
        options = List.copyOf(options);
        if (nodes < 1 || ranksPerNode < 1 || cpus < 1 || memoryMebibytes < 1 || timeLimit.toMinutes() < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 node, 1 rank, 1 CPU, 1 MiB and 1 minute, found %d, %d, %d, %d and %s"
                            .formatted(nodes, ranksPerNode, cpus, memoryMebibytes, timeLimit));
        }
        if (!PMI.matcher(pmi).matches()) {
            throw new IllegalArgumentException("expected the name of a plugin of srun, found '" + pmi + "'");
        }
        for (String option : options) {
            if (!OPTION.matcher(option).matches()) {
                throw new IllegalArgumentException(
                        "expected a directive like --name=value without blanks and quotes, found '" + option + "'");
            }
        }
    }

    /** Ranks that do not speak MPI. */
    public Resources(
            int nodes, int ranksPerNode, int cpus, int memoryMebibytes, Duration timeLimit, List<String> options) {
        this(nodes, ranksPerNode, cpus, memoryMebibytes, timeLimit, options, NO_PMI);
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
