package dev.mugv.slurm.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads lines of squeue, sacct and sinfo; a line that is not as asked for throws, it is never passed over. */
final class RowReader {
    /** Fields of squeue, each with a width that nothing exceeds and a separator; the free text is last. */
    static final String QUEUE_FIELDS =
            "Name:64|,ArrayJobID:20|,ArrayTaskID:20|,JobID:20|,State:30|,RestartCnt:12|,SubmitTime:24|,StartTime:24|,"
                    + "EndTime:24|,BatchHost:128|,exit_code:16|,Reason:256";

    static final String ACCOUNTING_FIELDS =
            "JobName,JobID,JobIDRaw,State,ExitCode,DerivedExitCode,Submit,Start,End,NodeList";

    static final String PARTITION_FIELDS = "%P|%a|%l|%D|%c|%m|%s|%G|%f";

    private static final Pattern ELEMENT = Pattern.compile("(\\d+)(?:_(?:(\\d+)|\\[.*]))?");
    private static final Pattern TIME_LIMIT = Pattern.compile("(?:(\\d+)-)?(?:(\\d+):)?(\\d+):(\\d+)");

    private RowReader() {}

    static QueueRow queue(String line) {
        String[] fields = fields(line, 12);
        String index = fields[2].strip();
        String state = fields[4].strip();
        return new QueueRow(
                fields[0].strip(),
                fields[1].strip(),
                index.matches("\\d+") ? OptionalInt.of(Integer.parseInt(index)) : OptionalInt.empty(),
                fields[3].strip(),
                JobState.of(state),
                state,
                Integer.parseInt(fields[5].strip()),
                time(fields[6].strip()).orElse(Instant.EPOCH),
                time(fields[7].strip()),
                time(fields[8].strip()),
                fields[9].strip().equals("n/a") ? "" : fields[9].strip(),
                ExitStatus.parse(fields[10].strip()),
                fields[11].strip());
    }

    /** A job of several components ({@code 7+1}) is none of ours and is left out by name before. */
    static AccountingRow accounting(String line) {
        String[] fields = fields(line, 10);
        Matcher id = ELEMENT.matcher(fields[1]);
        if (!id.matches()) {
            throw new IllegalArgumentException("job id '" + fields[1] + "'");
        }
        return new AccountingRow(
                fields[0],
                id.group(1),
                id.group(2) == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(id.group(2))),
                fields[2],
                JobState.of(fields[3]),
                fields[3],
                ExitStatus.parse(fields[4]),
                fields[5].isEmpty() ? new ExitStatus(0, 0) : ExitStatus.parse(fields[5]),
                time(fields[6]).orElse(Instant.EPOCH),
                time(fields[7]),
                time(fields[8]),
                fields[9]);
    }

    static PartitionOffer partition(String line) {
        String[] fields = fields(line, 9);
        boolean isDefault = fields[0].endsWith("*");
        return new PartitionOffer(
                isDefault ? fields[0].substring(0, fields[0].length() - 1) : fields[0],
                isDefault,
                fields[1].equals("up"),
                timeLimit(fields[2]),
                Integer.parseInt(fields[3].replace("+", "")),
                Integer.parseInt(fields[4].replace("+", "")),
                Long.parseLong(fields[5].replace("+", "")),
                maxNodes(fields[6]),
                nothing(fields[7]),
                nothing(fields[8]));
    }

    /** For example {@code 1-infinite}, {@code 1-4} or {@code 1}. */
    private static Optional<Integer> maxNodes(String jobSize) {
        String most = jobSize.substring(jobSize.indexOf('-') + 1);
        return most.matches("\\d{1,9}") ? Optional.of(Integer.parseInt(most)) : Optional.empty();
    }

    /** The lines of an answer. */
    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (!line.isBlank()) {
                lines.add(line);
            }
        }
        return lines;
    }

    private static String[] fields(String line, int count) {
        String[] fields = line.split("\\|", count);
        if (fields.length != count) {
            throw new IllegalArgumentException("expected %d fields, found %d".formatted(count, fields.length));
        }
        return fields;
    }

    /** Seconds since the epoch, as SLURM_TIME_FORMAT=%s asks for; words such as N/A and Unknown are no time. */
    private static Optional<Instant> time(String text) {
        return text.matches("\\d{1,12}") && !text.equals("0")
                ? Optional.of(Instant.ofEpochSecond(Long.parseLong(text)))
                : Optional.empty();
    }

    private static Optional<Duration> timeLimit(String text) {
        Matcher matcher = TIME_LIMIT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty(); // infinite
        }
        return Optional.of(Duration.ofDays(number(matcher.group(1)))
                .plusHours(number(matcher.group(2)))
                .plusMinutes(number(matcher.group(3)))
                .plusSeconds(number(matcher.group(4))));
    }

    @SuppressWarnings("NullAway") // an absent group is null
    private static long number(String group) {
        return group == null ? 0 : Long.parseLong(group);
    }

    private static String nothing(String field) {
        return field.equals("(null)") ? "" : field;
    }
}
