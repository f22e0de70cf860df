package dev.mugv.jobs.cli;

import dev.mugv.slurm.script.ShellText;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Lines of a crontab that advance a run. cron has no first day and no year, so both are asked of {@code date}; a per cent sign is a line's
 * end to cron and is escaped (crontab(5)).
 *
 * @param mark by which the lines of one run are found again
 * @param command words to be given
 * @param log file that takes what it says
 * @param at when it is to be given first
 * @param every how often from then on; once without it
 */
record CrontabEntry(
        String mark, List<String> command, String log, Optional<LocalDateTime> at, Optional<Duration> every) {
    private static final long DAY = 24 * 60;

    /** Whether cron can say an interval: a part of an hour or a day, in whole minutes. */
    static boolean isSayable(Duration every) {
        long minutes = every.toMinutes();
        return every.equals(Duration.ofMinutes(minutes))
                && minutes >= 1
                && (minutes < 60 && 60 % minutes == 0 || minutes % 60 == 0 && minutes <= DAY && DAY % minutes == 0);
    }

    /** The lines, the last without a line break. */
    List<String> lines(ZoneId zone, Kind kind) {
        List<String> lines = new ArrayList<>();
        lines.add("# " + mark);
        if (kind == Kind.SCRONTAB) {
            lines.add("#SCRON --job-name=mugv-advance");
            lines.add("#SCRON --time=00:30:00");
        }
        String call = ShellText.quote(command) + " >>" + ShellText.quote(log) + " 2>&1";
        lines.add((schedule() + " " + condition(zone) + call).replace("%", "\\%") + " # " + mark.replace("%", "\\%"));
        return lines;
    }

    private String schedule() {
        if (every.isEmpty()) {
            LocalDateTime when = at.orElseThrow();
            return "%d %d %d %d *"
                    .formatted(when.getMinute(), when.getHour(), when.getDayOfMonth(), when.getMonthValue());
        }
        long minutes = every.get().toMinutes();
        if (minutes < 60) {
            return minutes == 1 ? "* * * * *" : String.format(Locale.ROOT, "*/%d * * * *", minutes);
        }
        if (minutes == DAY) {
            LocalDateTime when = at.orElse(LocalDateTime.of(2000, 1, 1, 0, 0));
            return "%d %d * * *".formatted(when.getMinute(), when.getHour());
        }
        return minutes == 60 ? "0 * * * *" : String.format(Locale.ROOT, "0 */%d * * *", minutes / 60);
    }

    private String condition(ZoneId zone) {
        if (at.isEmpty()) {
            return "";
        }
        return every.isEmpty()
                ? "[ \"$(date +%Y)\" = " + at.get().getYear() + " ] && "
                : "[ \"$(date +%s)\" -ge " + at.get().atZone(zone).toEpochSecond() + " ] && ";
    }

    /** A crontab with these lines in place of those of the same mark. */
    String into(String crontab, ZoneId zone, Kind kind) {
        String rest = without(crontab);
        return rest + (rest.isEmpty() || rest.endsWith("\n") ? "" : "\n") + String.join("\n", lines(zone, kind)) + "\n";
    }

    /** A crontab without the lines of this mark. */
    String without(String crontab) {
        List<String> kept = new ArrayList<>();
        boolean ours = false;
        for (String line : crontab.lines().toList()) {
            if (line.equals("# " + mark)) {
                ours = true;
                continue;
            }
            if (ours && line.startsWith("#SCRON")) {
                continue;
            }
            ours = false;
            if (!line.endsWith(" # " + mark.replace("%", "\\%"))) {
                kept.add(line);
            }
        }
        return kept.isEmpty() ? "" : String.join("\n", kept) + "\n";
    }

    /** Whose table it is. */
    enum Kind {
        /** cron of this machine. */
        CRONTAB,
        /** Slurm's, where an administrator has allowed it: entries run as Slurm jobs. */
        SCRONTAB
    }
}
