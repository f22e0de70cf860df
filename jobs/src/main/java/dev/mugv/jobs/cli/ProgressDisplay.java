package dev.mugv.jobs.cli;

import dev.mugv.steps.work.StepScope;
import dev.mugv.steps.work.WorkListener;
import dev.mugv.steps.work.WorkProgress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.step.StepExecution;

/**
 * Long work on the terminal: one line that is redrawn where there is one, a plain line now and then elsewhere, and a line
 * for every step that ends.
 */
final class ProgressDisplay implements WorkListener, StepExecutionListener {
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(15);
    private static final int NAME_COLUMNS = 22;
    private static final int BAR_COLUMNS = 20;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final Terminal terminal;
    private final Clock clock;
    private final Map<String, StepProgress> steps = new HashMap<>();
    private @Nullable WorkProgress last;
    private Instant lastLine = Instant.MIN;

    ProgressDisplay(Terminal terminal, Clock clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public synchronized void beforeStep(StepExecution step) {
        last = null;
        lastLine = clock.instant();
        if (terminal.isInteractive()) {
            terminal.out().print(ERASE_LINE + name(step.getStepName()) + " ...");
            terminal.out().flush();
        }
    }

    @Override
    public synchronized @Nullable ExitStatus afterStep(StepExecution step) {
        String took = step.getStartTime() == null
                ? ""
                : Durations.clock(Duration.between(step.getStartTime(), java.time.LocalDateTime.now(clock)));
        String counts = last == null ? "" : counts(last);
        String state = step.getStatus().name().toLowerCase(java.util.Locale.ROOT);
        line("%s %-10s %8s  %s"
                .formatted(name(step.getStepName()), state, took, counts)
                .stripTrailing());
        steps.remove(step.getStepName());
        last = null;
        return null;
    }

    @Override
    public synchronized void progressed(WorkProgress progress) {
        Instant now = clock.instant();
        StepProgress step = steps.computeIfAbsent(
                progress.scope().stepName(), name -> new StepProgress(now, StepProgress.share(progress)));
        last = progress;
        String text = step.describe(progress, now);
        if (terminal.isInteractive()) {
            redraw(name(progress.scope().stepName()) + " " + bar(StepProgress.share(progress)) + " " + text);
        } else if (Duration.between(lastLine, now).compareTo(LINE_INTERVAL) >= 0) {
            lastLine = now;
            terminal.out()
                    .println(name(progress.scope().stepName()) + " " + percent(StepProgress.share(progress)) + "  "
                            + text);
        }
    }

    @Override
    public synchronized void changed(StepScope scope, String line) {
        // Changes of state stand in the log and in the ledger; the terminal shows what they sum up to.
    }

    /** A line of its own, above whatever is being redrawn. */
    synchronized void line(String text) {
        terminal.out().println(terminal.isInteractive() ? ERASE_LINE + text : text);
        terminal.out().flush();
    }

    private void redraw(String text) {
        String cut = text.length() < terminal.columns() ? text : text.substring(0, terminal.columns() - 1);
        terminal.out().print(ERASE_LINE + cut);
        terminal.out().flush();
    }

    private static String counts(WorkProgress progress) {
        StringBuilder text = new StringBuilder("%d of %d".formatted(progress.done(), progress.total()));
        if (progress.upToDate() > 0) {
            text.append(", ").append(progress.upToDate()).append(" up to date");
        }
        if (progress.failed() > 0) {
            text.append(", ").append(progress.failed()).append(" failed");
        }
        if (progress.retried() > 0) {
            text.append(", ").append(progress.retried()).append(" retried");
        }
        return text.toString();
    }

    private static String bar(double share) {
        int full = (int) Math.round(share * BAR_COLUMNS);
        return "[" + "#".repeat(full) + "-".repeat(BAR_COLUMNS - full) + "] " + percent(share);
    }

    private static String percent(double share) {
        // Rounded down: 100 % is said only when nothing is left.
        return "%3d %%".formatted((int) Math.floor(share * 100));
    }

    private static String name(String step) {
        return step.length() >= NAME_COLUMNS ? step : step + " ".repeat(NAME_COLUMNS - step.length());
    }
}
