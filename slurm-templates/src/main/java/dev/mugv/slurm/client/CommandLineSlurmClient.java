package dev.mugv.slurm.client;

import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.slurm.executor.SubmissionOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Slurm through its programs. The environment is made free of what would change their output (SQUEUE_FORMAT and the like,
 * a language, a time zone), fields are named one by one, and times come as seconds.
 */
public final class CommandLineSlurmClient implements SlurmClient {
    private static final List<String> ENVIRONMENT = List.of(
            "env",
            "-uSQUEUE_FORMAT",
            "-uSQUEUE_FORMAT2",
            "-uSQUEUE_STATES",
            "-uSQUEUE_SORT",
            "-uSQUEUE_USERS",
            "-uSQUEUE_NAMES",
            "-uSQUEUE_PARTITION",
            "-uSQUEUE_ACCOUNT",
            "-uSQUEUE_QOS",
            "-uSACCT_FORMAT",
            "-uSACCT_FEDERATION",
            "-uSINFO_FORMAT",
            "-uSINFO_PARTITION",
            "-uSLURM_CLUSTERS",
            "-uSBATCH_ARRAY_INX",
            "-uSBATCH_JOB_NAME",
            "-uSBATCH_HOLD",
            "-uSBATCH_WAIT",
            "-uSBATCH_TEST_ONLY",
            "-uSBATCH_CLUSTERS",
            "-uSBATCH_NO_REQUEUE",
            "-uSBATCH_EXPORT",
            "-uSBATCH_GET_USER_ENV",
            "LC_ALL=C",
            "TZ=UTC",
            "SLURM_TIME_FORMAT=%s");

    /** All of them, or sacct leaves out what never became eligible to run. */
    private static final String ACCOUNTING_STATES = "BF,CA,CD,DL,F,NF,OOM,PD,PR,R,RQ,RS,RV,S,TO";

    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final Pattern JOB_ID = Pattern.compile("(\\d{1,18})(;[A-Za-z0-9_.-]+)?");
    private static final Pattern SETTING = Pattern.compile("(?m)^([\\w\\[\\]]+)\\s*=\\s*(.*?)\\s*$");
    private static final int MAX_IDS = 200;

    private final CommandRunner runner;
    private final Duration limit;

    /**
     * @param limit of each call; longer than Slurm's own, which may be 18 s while its controller is away
     */
    public CommandLineSlurmClient(CommandRunner runner, Duration limit) {
        this.runner = runner;
        this.limit = limit;
    }

    @Override
    public SubmissionOutcome submit(Path script) {
        CommandResult result = run(List.of("sbatch", "--parsable", script.toString()));
        if (result instanceof CommandResult.NoAnswer noAnswer) {
            return new SubmissionOutcome.Unknown("sbatch: " + noAnswer.reason());
        }
        CommandResult.Finished finished = (CommandResult.Finished) result;
        // Warnings go to the error output and say nothing about success.
        Matcher id = JOB_ID.matcher(finished.out().strip());
        if (finished.exitCode() == 0 && id.matches()) {
            return new SubmissionOutcome.Accepted(id.group(1));
        }
        String said = said("sbatch", finished);
        return switch (Refusal.of(finished.exitCode(), finished.err())) {
            case CERTAIN -> new SubmissionOutcome.Rejected(said);
            case TROUBLE -> new SubmissionOutcome.Unknown(said);
            case UNRECOGNISED -> new SubmissionOutcome.Unrecognised(said);
        };
    }

    /** Asking for the own jobs lets the controller leave out all others. */
    @Override
    public Answer<List<QueueRow>> queue() {
        return rows(
                List.of(
                        "squeue",
                        "--me",
                        "--noheader",
                        "--array",
                        "--states=all",
                        "--Format=" + RowReader.QUEUE_FIELDS),
                RowReader::queue);
    }

    @Override
    public Answer<List<AccountingRow>> accounting(Collection<String> names, Instant since) {
        if (names.isEmpty()) {
            return new Answer.Empty<>();
        }
        List<AccountingRow> found = new ArrayList<>();
        List<String> all = List.copyOf(names);
        for (int from = 0; from < all.size(); from += MAX_IDS) {
            Answer<List<AccountingRow>> part = rows(
                    List.of(
                            "sacct",
                            "--allocations",
                            "--duplicates",
                            "--noheader",
                            "--parsable2",
                            "--name=" + String.join(",", all.subList(from, Math.min(all.size(), from + MAX_IDS))),
                            "--starttime=" + UTC.format(since),
                            // Explicit, because a state list without an end asks for this very moment.
                            "--endtime=now+1hour",
                            "--state=" + ACCOUNTING_STATES,
                            "--format=" + RowReader.ACCOUNTING_FIELDS),
                    RowReader::accounting);
            if (part instanceof Answer.NoAnswer<List<AccountingRow>>) {
                return part;
            }
            if (part instanceof Answer.Answered<List<AccountingRow>> answered) {
                found.addAll(answered.value());
            }
        }
        return found.isEmpty() ? new Answer.Empty<>() : new Answer.Answered<>(List.copyOf(found));
    }

    /**
     * Never with {@code --state}: with it, Slurm 22.05 cancels the whole array of which one element is named.
     */
    @Override
    public Answer<Void> cancel(Collection<String> elements) {
        return order(List.of("scancel", "--quiet"), elements);
    }

    @Override
    public Answer<Void> release(Collection<String> elements) {
        return order(List.of("scontrol", "release"), elements);
    }

    @Override
    public Answer<Void> throttle(String arrayJob, int parallel) {
        CommandResult result = run(List.of("scontrol", "update", "JobId=" + arrayJob, "ArrayTaskThrottle=" + parallel));
        return result instanceof CommandResult.Finished finished && finished.exitCode() == 0
                ? new Answer.Empty<>()
                : new Answer.NoAnswer<>(reason("scontrol", result));
    }

    private Answer<Void> order(List<String> words, Collection<String> elements) {
        List<String> all = List.copyOf(elements);
        for (int from = 0; from < all.size(); from += MAX_IDS) {
            List<String> command = new ArrayList<>(words);
            command.addAll(all.subList(from, Math.min(all.size(), from + MAX_IDS)));
            CommandResult result = run(command);
            if (!(result instanceof CommandResult.Finished finished) || finished.exitCode() != 0) {
                return new Answer.NoAnswer<>(reason(words.get(0), result));
            }
        }
        return new Answer.Empty<>();
    }

    @Override
    public Answer<ClusterLimits> limits() {
        CommandResult result = run(List.of("scontrol", "show", "config"));
        if (!(result instanceof CommandResult.Finished finished) || finished.exitCode() != 0) {
            return new Answer.NoAnswer<>(reason("scontrol", result));
        }
        java.util.Map<String, String> settings = new java.util.HashMap<>();
        SETTING.matcher(finished.out()).results().forEach(match -> settings.put(match.group(1), match.group(2)));
        try {
            return new Answer.Answered<>(new ClusterLimits(
                    settings.getOrDefault("ClusterName", "cluster") + "/"
                            + settings.getOrDefault("SlurmctldHost[0]", "unknown"),
                    settings.getOrDefault("SLURM_VERSION", "unknown"),
                    Integer.parseInt(settings.getOrDefault("MaxArraySize", "1001")),
                    seconds(settings.getOrDefault("MessageTimeout", "10 sec")),
                    seconds(settings.getOrDefault("MinJobAge", "300 sec")),
                    !settings.getOrDefault("AccountingStorageType", "(null)").matches("\\(null\\)|.*none")));
        } catch (NumberFormatException e) {
            return new Answer.NoAnswer<>("scontrol: cannot read its answer: " + e.getMessage());
        }
    }

    @Override
    public Answer<Integer> submitLimit(String user) {
        CommandResult result = run(List.of(
                "sacctmgr",
                "--noheader",
                "--parsable2",
                "show",
                "assoc",
                "where",
                "user=" + user,
                "format=MaxSubmitJobs"));
        if (!(result instanceof CommandResult.Finished finished) || finished.exitCode() != 0) {
            return new Answer.NoAnswer<>(reason("sacctmgr", result));
        }
        java.util.OptionalInt least = finished.out()
                .lines()
                .map(String::strip)
                .filter(line -> line.matches("[1-9]\\d{0,8}"))
                .mapToInt(Integer::parseInt)
                .min();
        return least.isEmpty() ? new Answer.Empty<>() : new Answer.Answered<>(least.getAsInt());
    }

    @Override
    public Answer<List<PartitionOffer>> partitions() {
        return rows(List.of("sinfo", "--noheader", "--format=" + RowReader.PARTITION_FIELDS), RowReader::partition);
    }

    /** A complaint beside an exit code of 0 makes an answer incomplete, and so it is none. */
    private <T> Answer<List<T>> rows(List<String> command, Function<String, T> reader) {
        CommandResult result = run(command);
        if (!(result instanceof CommandResult.Finished finished)
                || finished.exitCode() != 0
                || finished.err().contains("error:")) {
            return new Answer.NoAnswer<>(reason(command.get(0), result));
        }
        List<T> rows = new ArrayList<>();
        for (String line : RowReader.lines(finished.out())) {
            try {
                rows.add(reader.apply(line));
            } catch (IllegalArgumentException e) {
                return new Answer.NoAnswer<>(
                        "%s: cannot read '%s': %s".formatted(command.get(0), line.strip(), e.getMessage()));
            }
        }
        return rows.isEmpty() ? new Answer.Empty<>() : new Answer.Answered<>(List.copyOf(rows));
    }

    private CommandResult run(List<String> words) {
        List<String> command = new ArrayList<>(ENVIRONMENT);
        command.addAll(words);
        return runner.run(command, limit);
    }

    private static Duration seconds(String text) {
        return Duration.ofSeconds(Long.parseLong(text.replaceAll("\\D.*", "")));
    }

    private static String reason(String program, CommandResult result) {
        if (result instanceof CommandResult.NoAnswer noAnswer) {
            return program + ": " + noAnswer.reason();
        }
        return said(program, (CommandResult.Finished) result);
    }

    private static String said(String program, CommandResult.Finished finished) {
        String text = finished.err().isBlank() ? finished.out() : finished.err();
        String line = text.lines()
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .reduce((first, second) -> second)
                .orElse("nothing said");
        String start = line.startsWith(program) ? line : program + ": " + line;
        return "%s (exit code %d)".formatted(start, finished.exitCode());
    }
}
