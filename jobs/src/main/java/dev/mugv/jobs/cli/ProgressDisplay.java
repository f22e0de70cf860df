package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.PeopleWait;
import dev.mugv.model.run.Durations;
import dev.mugv.model.run.ProgressLine;
import dev.mugv.steps.work.StepScope;
import dev.mugv.steps.work.WorkListener;
import dev.mugv.steps.work.WorkProgress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.step.StepExecution;

/** A run's steps on the terminal: one line that shows how far the current one is, and a line for every one that ends. */
final class ProgressDisplay implements WorkListener, StepExecutionListener {
    private final ProgressLine line;
    private final Clock clock;
    private final Map<String, StepProgress> steps = new HashMap<>();
    private @Nullable WorkProgress last;

    ProgressDisplay(Terminal terminal, Clock clock) {
        this.line = new ProgressLine(terminal.out(), terminal.columns(), clock);
        this.clock = clock;
    }

    @Override
    public synchronized void beforeStep(StepExecution step) {
        last = null;
        line.begin(step.getStepName());
    }

    @Override
    public synchronized @Nullable ExitStatus afterStep(StepExecution step) {
        String took = step.getStartTime() == null
                ? ""
                : Durations.clock(Duration.between(step.getStartTime(), LocalDateTime.now(clock)));
        line.end(
                step.getStepName(),
                PeopleWait.isOf(step) ? "waiting" : step.getStatus().name().toLowerCase(Locale.ROOT),
                took,
                last == null ? "" : counts(last));
        steps.remove(step.getStepName());
        last = null;
        return null;
    }

    @Override
    public synchronized void progressed(WorkProgress progress) {
        Instant now = clock.instant();
        double share = StepProgress.share(progress);
        StepProgress step = steps.computeIfAbsent(progress.scope().stepName(), name -> StepProgress.from(now, share));
        last = progress;
        line.show(progress.scope().stepName(), share, step.describe(progress, now));
    }

    @Override
    public synchronized void changed(StepScope scope, String text) {
        // Changes of state stand in the log and in the ledger; the terminal shows what they sum up to.
    }

    /** A line of its own, above whatever is being redrawn. */
    void line(String text) {
        line.line(text);
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
}
