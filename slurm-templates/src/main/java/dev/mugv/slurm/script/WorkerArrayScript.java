package dev.mugv.slurm.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The script of one submission; element {@code i} of the array does the attempt in {@code <folder>/attempts/<i>}: with one
 * process, or with one a rank of the element's own allocation. Claim and traps are the same text for both.
 *
 * @param token 32 hexadecimal digits; job name and comment, so that the submission can be found by it
 * @param folder the submission's own, absolute
 * @param elements length of the array
 * @param parallel how many elements may run at once
 * @param command words that start the worker; its arguments follow
 * @param environment variables set for the worker
 */
public record WorkerArrayScript(
        String token,
        Path folder,
        int elements,
        int parallel,
        Resources resources,
        List<String> command,
        SortedMap<String, String> environment) {
    /** Exit code of a second copy of a run; the worker's own codes are clear of it. */
    public static final int DUPLICATE_RUN = 73;

    /** Exit code of a run that finds a later one at work. */
    public static final int SUPERSEDED = 74;

    /** Exit code of a run whose work another attempt does, or has done. */
    public static final int RELAYED = 75;

    /** Exit code of a worker that has saved and left. */
    public static final int STOPPED = 72;

    /** Exit code where the system ended a rank for its memory; the worker's own for that. */
    public static final int EXHAUSTED = 66;

    /** Exit code where what was asked for is not installed; the worker's own for a wrong request. */
    public static final int UNUSABLE = 64;

    private static final String TEMPLATE = "worker-array.sbatch";
    private static final String LAUNCH_ONE = "launch-one.sh";
    private static final String LAUNCH_RANKS = "launch-ranks.sh";
    private static final Pattern PLACEHOLDER = Pattern.compile("@\\{([a-z]+)}");
    private static final Pattern TOKEN = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Z_][A-Z0-9_]*");

    public WorkerArrayScript {
        command = List.copyOf(command);
        environment = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(environment));
        if (!TOKEN.matcher(token).matches()) {
            throw new IllegalArgumentException("a token is 32 hexadecimal digits, got '" + token + "'");
        }
        if (!folder.isAbsolute() || elements < 1 || parallel < 1 || command.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected an absolute folder, at least 1 element, 1 parallel element and a command, found '%s', %d, %d, %s"
                            .formatted(folder, elements, parallel, command));
        }
        environment.keySet().forEach(name -> {
            if (!VARIABLE.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is no name of an environment variable");
            }
        });
    }

    /** The script's whole text. */
    public String render() {
        Map<String, String> values = Map.ofEntries(
                Map.entry("token", token),
                Map.entry("array", "0-" + (elements - 1) + "%" + parallel),
                Map.entry("nodes", Integer.toString(resources.nodes())),
                Map.entry("ranks", Integer.toString(resources.ranksPerNode())),
                Map.entry("size", Integer.toString(resources.ranks())),
                Map.entry("pmi", resources.pmi()),
                Map.entry("cpus", Integer.toString(resources.cpus())),
                Map.entry("memory", resources.memoryMebibytesPerNode() + "M"),
                Map.entry("time", time(resources.timeLimit())),
                Map.entry(
                        "options",
                        resources.options().stream()
                                .map(option -> "#SBATCH " + option + "\n")
                                .collect(Collectors.joining())),
                Map.entry("folder", ShellText.quote(folder.toString())),
                Map.entry("command", ShellText.quote(command)),
                Map.entry(
                        "environment",
                        environment.entrySet().stream()
                                .map(entry -> "export " + entry.getKey() + "=" + ShellText.quote(entry.getValue()))
                                .collect(Collectors.joining("\n"))),
                Map.entry("duplicate", Integer.toString(DUPLICATE_RUN)),
                Map.entry("superseded", Integer.toString(SUPERSEDED)),
                Map.entry("relayed", Integer.toString(RELAYED)),
                Map.entry("stopped", Integer.toString(STOPPED)),
                Map.entry("unusable", Integer.toString(UNUSABLE)),
                Map.entry("exhausted", Integer.toString(EXHAUSTED)));
        Map<String, String> whole = new HashMap<>(values);
        whole.put(
                "launch",
                fill(text(resources.ranks() > 1 ? LAUNCH_RANKS : LAUNCH_ONE).stripTrailing(), values));
        return fill(text(TEMPLATE), whole);
    }

    private static String fill(String template, Map<String, String> values) {
        return PLACEHOLDER.matcher(template).replaceAll(match -> {
            String value = values.get(match.group(1));
            if (value == null) {
                throw new IllegalStateException("the template asks for unknown '" + match.group() + "'");
            }
            return Matcher.quoteReplacement(value);
        });
    }

    /** Slurm's {@code days-hours:minutes:seconds} (sbatch manual, --time). */
    private static String time(Duration limit) {
        return "%d-%02d:%02d:%02d"
                .formatted(limit.toDays(), limit.toHoursPart(), limit.toMinutesPart(), limit.toSecondsPart());
    }

    private static String text(String name) {
        String resource = "/dev/mugv/slurm/templates/" + name;
        try (InputStream in = WorkerArrayScript.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the template " + resource + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
