package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.ClusterLink;
import dev.mugv.model.config.ExecutorKind;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.JobState;
import dev.mugv.slurm.client.PendingReason;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.steps.work.FailureClass;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mugv why}. */
@Command(
        name = "why",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Says in plain words why a job waits, how it ended, why it was tried again, and what to do next.",
        },
        footer = {"", "Examples:", "  mugv why 1234_7", "  mugv why 1234", "  mugv why curate-videos/holiday.mp4 --json"
        })
final class WhyCommand extends RunQuestion<List<JobExplanation>> {
    @Parameters(
            paramLabel = "JOB",
            description = "Slurm job (123_4, 123), token or its beginning, or name of a piece (step/label).")
    private String job = "";

    @Override
    List<JobExplanation> answer(SelectedRun run) {
        return new RunView(run).ask(jdbc -> {
            AttemptQuery query = new AttemptQuery(jdbc, run.identity().name());
            List<AttemptQuery.Row> rows = query.named(job);
            Optional<Answer<List<QueueRow>>> queue = rows.stream().anyMatch(WhyCommand::isAtSlurm)
                            && run.configuration().executor() == ExecutorKind.SLURM
                    ? Optional.of(queue(run))
                    : Optional.empty();
            return rows.stream().map(row -> explain(row, queue, query, jdbc)).toList();
        });
    }

    private static boolean isAtSlurm(AttemptQuery.Row row) {
        return row.state().equals("OPEN") && row.submissionState().equals("SUBMITTED");
    }

    private static Answer<List<QueueRow>> queue(SelectedRun run) {
        try (ClusterLink link = ClusterLink.of(run.configuration().slurm())) {
            return link.client().queue();
        }
    }

    /** What is known of one attempt, in plain words. */
    static JobExplanation explain(
            AttemptQuery.Row row, Optional<Answer<List<QueueRow>>> queue, AttemptQuery query, JdbcClient jdbc) {
        Reason reason = row.state().equals("OPEN") ? open(row, queue) : decided(row);
        return new JobExplanation(
                row.step(),
                row.label(),
                row.number(),
                row.element().token(),
                row.element().index(),
                row.job().orElse(""),
                reason.state(),
                reason.because(),
                reason.next(),
                runs(row, jdbc),
                row.failureClass()
                        .map(FailureClass::valueOf)
                        .map(WhyCommand::policy)
                        .orElse(""),
                query.after(row).stream()
                        .map(later -> "attempt %d, %d MiB: %s%s"
                                .formatted(
                                        later.number(),
                                        later.memoryMebibytes(),
                                        later.state(),
                                        later.failureClass()
                                                .map(each -> " " + each)
                                                .orElse("")))
                        .toList());
    }

    private static Reason open(AttemptQuery.Row row, Optional<Answer<List<QueueRow>>> queue) {
        return switch (row.submissionState()) {
            case "PREPARED" ->
                new Reason(
                        "PREPARED",
                        "it is decided and not handed over yet",
                        "Nothing is to be done while a controller is at work; otherwise 'mugv resume'.");
            case "SUBMIT_UNKNOWN" ->
                new Reason(
                        "UNKNOWN",
                        "sbatch gave no clear answer"
                                + row.submissionReason()
                                        .map(each -> " (" + each + ")")
                                        .orElse("")
                                + "; it is searched for by its token, and never submitted again before Slurm has said for long enough that it does not have it",
                        "Nothing is to be done if Slurm answers: see 'sinfo' and 'sacct'. A controller must be at work ('mugv resume').");
            default -> atSlurm(row, queue);
        };
    }

    private static Reason atSlurm(AttemptQuery.Row row, Optional<Answer<List<QueueRow>>> queue) {
        if (queue.isEmpty()) {
            return new Reason("RUNNING", "it runs or waits on this machine", "See 'mugv logs'.");
        }
        if (queue.get() instanceof Answer.NoAnswer<List<QueueRow>> noAnswer) {
            return new Reason(
                    "UNKNOWN",
                    "Slurm does not answer: " + noAnswer.reason(),
                    "Try again; 'mugv doctor' looks at the cluster.");
        }
        List<QueueRow> rows =
                queue.get() instanceof Answer.Answered<List<QueueRow>> answered ? answered.value() : List.of();
        String name = "mugv-" + row.element().token();
        return rows.stream()
                .filter(each -> each.name().equals(name)
                        && each.index().orElse(-1) == row.element().index())
                .findFirst()
                .map(each -> inQueue(each, row))
                .orElseGet(() -> new Reason(
                        "ENDING",
                        "the queue does not know it any more, and no controller has judged it yet"
                                + row.cancelledBy()
                                        .map(who -> "; cancelled by " + who)
                                        .orElse(""),
                        "'mugv resume' has it judged by accounting and by what its worker left."));
    }

    private static Reason inQueue(QueueRow queued, AttemptQuery.Row row) {
        JobState.Phase phase = queued.state().map(JobState::phase).orElse(JobState.Phase.RUNNING);
        String stopping = row.stopReason()
                .map(reason -> reason.equals("CANCELLED")
                        ? "; cancelled by " + row.cancelledBy().orElse("somebody")
                                + row.cancelNote()
                                        .map(note -> " (" + note + ")")
                                        .orElse("")
                        : "; asked to stop: " + reason)
                .or(() -> row.heldBy()
                        .map(number -> "; it is the next segment of a training, queued early, and goes on when attempt "
                                + number + " has saved and left"))
                .orElse("");
        return switch (phase) {
            case WAITING -> {
                PendingReason reason = PendingReason.of(queued.reason());
                yield new Reason(
                        "WAITING",
                        reason.meaning() + " (Slurm: " + reason.code() + ")"
                                + (queued.restarts() > 0
                                        ? "; Slurm has put it back " + queued.restarts() + " times"
                                        : "")
                                + stopping,
                        reason.action().replace("JOB", queued.id()));
            }
            case RUNNING ->
                new Reason(
                        "RUNNING",
                        "it runs on " + queued.host() + " as run " + queued.restarts()
                                + queued.started()
                                        .map(at -> ", for "
                                                + Duration.between(at, Instant.now())
                                                        .toSeconds() + " s")
                                        .orElse("")
                                + stopping,
                        "See 'mugv logs'.");
            case OVER ->
                new Reason(
                        "ENDING",
                        "Slurm says " + queued.stateWord()
                                + "; the verdict waits until Slurm will not revise that, and for the worker's record",
                        "Nothing is to be done while a controller is at work; otherwise 'mugv resume'.");
        };
    }

    private static Reason decided(AttemptQuery.Row row) {
        String by = row.cancelledBy()
                .map(who -> "cancelled by " + who
                        + row.cancelNote().map(note -> " (" + note + ")").orElse("") + "; ")
                .orElse("");
        String because = by
                + row.message()
                        .orElse(
                                row.state().equals("SUCCEEDED")
                                        ? "exit record, executor and manifest agree"
                                        : "stopped at our wish");
        String next = row.failureClass()
                .map(each -> "See ops/runbook/"
                        + each.toLowerCase(java.util.Locale.ROOT).replace('_', '-') + ".md.")
                .orElse("Nothing is to be done.");
        return new Reason(
                row.failureClass().map(each -> row.state() + " " + each).orElse(row.state()), because, next);
    }

    private static String policy(FailureClass failure) {
        if (failure.retries() == 0) {
            return failure + " is not tried again by itself: the cause would stay";
        }
        return "%s is tried again up to %d times in one execution%s%s"
                .formatted(
                        failure,
                        failure.retries(),
                        failure.delay().isZero()
                                ? ""
                                : ", after " + failure.delay().toSeconds() + " s times the failures so far",
                        failure.memoryFactor() == 1
                                ? ""
                                : ", each with " + failure.memoryFactor() + " times the memory");
    }

    private static List<JobExplanation.Execution> runs(AttemptQuery.Row row, JdbcClient jdbc) {
        return jdbc.sql("""
                        SELECT run_number, executor_state, coalesce(host, '') AS host, detail, coalesce(outcome, '') AS outcome
                        FROM attempt_run WHERE token = ? AND logical_index = ? ORDER BY run_number""")
                .params(row.element().token(), row.element().index())
                .query((found, number) -> new JobExplanation.Execution(
                        found.getInt("run_number"),
                        found.getString("executor_state"),
                        found.getString("host"),
                        found.getString("detail"),
                        found.getString("outcome")))
                .list();
    }

    @Override
    void print(List<JobExplanation> jobs, PrintWriter out) {
        for (JobExplanation each : jobs) {
            out.println("%s, %s, attempt %d%s"
                    .formatted(
                            each.step(),
                            each.label(),
                            each.attempt(),
                            each.job().isEmpty() ? "" : ", Slurm job " + each.job()));
            out.println("  %-10s %s".formatted(each.state(), each.because()));
            each.runs()
                    .forEach(run -> out.println("  run %-6d %s%s%s%s"
                            .formatted(
                                    run.run(),
                                    run.state(),
                                    run.host().isEmpty() ? "" : " on " + run.host(),
                                    run.evidence().isEmpty() ? "" : ": " + run.evidence(),
                                    run.workerSays().isEmpty() ? "" : "; its worker says " + run.workerSays())));
            if (!each.policy().isEmpty()) {
                out.println("  policy     " + each.policy());
            }
            each.later().forEach(later -> out.println("  then       " + later));
            out.println("  next       " + each.next());
        }
    }

    private record Reason(String state, String because, String next) {}
}
