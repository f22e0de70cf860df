package dev.mugv.jobs.cli;

import dev.mugv.model.run.Durations;
import dev.mugv.model.run.Pace;
import dev.mugv.steps.work.WorkProgress;
import dev.mugv.steps.work.WorkProgress.RunningPiece;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * How far a step is, in words: counts, speed and time left.
 *
 * @param pace since this controller first heard of the step
 */
record StepProgress(Pace pace) {
    static StepProgress from(Instant began, double share) {
        return new StepProgress(new Pace(began, share));
    }

    /** Share of the step that is done, pieces under way in part. */
    static double share(WorkProgress progress) {
        if (progress.total() == 0) {
            return 0;
        }
        double running = progress.running().stream()
                .filter(piece -> piece.total() > 0)
                .mapToDouble(piece -> Math.min(1.0, (double) piece.done() / piece.total()))
                .sum();
        return Math.min(1.0, (progress.done() + progress.failed() + running) / progress.total());
    }

    /** For example {@code 3/7, 4 up to date, 1 retried, 120/200 updates, 3.1/s, 0:26 left}. */
    String describe(WorkProgress progress, Instant now) {
        StringBuilder text = new StringBuilder();
        if (progress.total() > 1) {
            text.append(progress.done()).append('/').append(progress.total());
        }
        count(text, progress.upToDate(), "up to date");
        count(text, progress.failed(), "failed");
        count(text, progress.retried(), "retried");
        List<RunningPiece> running = progress.running();
        if (running.size() == 1 && running.get(0).total() > 0) {
            RunningPiece piece = running.get(0);
            append(text, "%d/%d %s".formatted(piece.done(), piece.total(), plural(piece.unit())));
            if (piece.unitsPerSecond() > 0) {
                append(text, String.format(Locale.ROOT, "%.1f/s", piece.unitsPerSecond()));
            }
        } else if (!running.isEmpty()) {
            append(text, running.size() + " running");
        }
        pace.left(share(progress), now).ifPresent(left -> append(text, Durations.clock(left) + " left"));
        return text.toString();
    }

    /** Units are singular nouns by contract; one that is not shall not be shown with two endings. */
    static String plural(String unit) {
        return unit.isEmpty() || unit.endsWith("s") ? unit : unit + "s";
    }

    private static void count(StringBuilder text, int number, String what) {
        if (number > 0) {
            append(text, number + " " + what);
        }
    }

    private static void append(StringBuilder text, String part) {
        text.append(text.length() == 0 ? "" : ", ").append(part);
    }
}
