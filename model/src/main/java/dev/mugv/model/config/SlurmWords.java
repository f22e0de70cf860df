package dev.mugv.model.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which words of a configuration may become options of sbatch: those that can neither end a line nor be split. */
final class SlurmWords {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.,:@+*&|!\\[\\]()/%=-]{1,200}");
    private static final Pattern OPTION = Pattern.compile("--([a-z][a-z0-9-]*)(=" + WORD.pattern() + ")?");
    private static final Pattern MEMORY = Pattern.compile("([1-9][0-9]{0,5})([MG])");

    /** What the product says itself; a second word would take a submission's identity or its files away. */
    private static final Set<String> OWN = Set.of(
            "array",
            "chdir",
            "comment",
            "cpus-per-task",
            "error",
            "export",
            "input",
            "job-name",
            "mem",
            "no-requeue",
            "nodes",
            "ntasks",
            "ntasks-per-node",
            "open-mode",
            "output",
            "parsable",
            "quiet",
            "requeue",
            "signal",
            "test-only",
            "time",
            "wait",
            "wrap",
            "hold",
            "clusters",
            "begin",
            "dependency");

    /** Slurm sends the signal up to a minute early. */
    private static final Duration SHORTEST = Duration.ofMinutes(10);

    private SlurmWords() {}

    static void check(Faults faults, String field, Optional<String> value) {
        faults.require(
                value.isEmpty() || WORD.matcher(value.get()).matches(),
                field,
                "expected one word without blanks and quotes, found '" + value.orElse("") + "'");
    }

    static void checkTime(Faults faults, Optional<Duration> limit) {
        faults.require(
                limit.isEmpty() || limit.get().compareTo(SHORTEST) >= 0,
                "timeLimit",
                "expected at least 10m, as workers are asked to save 5 minutes before, found "
                        + limit.map(Duration::toSeconds).orElse(0L) + "s");
    }

    static void checkOptions(Faults faults, List<String> options) {
        for (String option : options) {
            Matcher matcher = OPTION.matcher(option);
            if (!matcher.matches()) {
                faults.require(
                        false,
                        "options",
                        "expected options like --name=value without blanks and quotes, found '" + option + "'");
            } else {
                faults.require(
                        !OWN.contains(matcher.group(1)),
                        "options",
                        "expected no --" + matcher.group(1) + ", which the product sets itself");
            }
        }
    }

    static boolean isMemory(String text) {
        return MEMORY.matcher(text).matches();
    }

    static int mebibytes(String memory) {
        Matcher matcher = MEMORY.matcher(memory);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + memory + "' is no amount of memory");
        }
        int amount = Integer.parseInt(matcher.group(1));
        return matcher.group(2).equals("G") ? Math.multiplyExact(amount, 1024) : amount;
    }
}
