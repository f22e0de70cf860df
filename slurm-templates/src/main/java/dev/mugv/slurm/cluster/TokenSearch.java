package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.SearchOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for a submission by its token in the queue and in accounting. Absence is believed only after an unbroken series of
 * full answers: the first answers of a controller that wakes do not hold yet what it had been sent while it was frozen.
 */
final class TokenSearch {
    /** How far the cluster's clock may be behind the controller's. */
    private static final Duration CLOCK_SLACK = Duration.ofHours(1);

    private static final Duration MIN_INTERVAL = Duration.ofSeconds(5);

    private final SlurmClient client;
    private final SlurmTimings timings;
    private final Clock clock;
    private final Map<String, Series> series = new HashMap<>();

    TokenSearch(SlurmClient client, SlurmTimings timings, Clock clock) {
        this.client = client;
        this.timings = timings;
        this.clock = clock;
    }

    SearchOutcome find(ArraySubmission submission) {
        Instant now = clock.instant();
        Optional<Series> known = Optional.ofNullable(series.get(submission.token()));
        if (known.isPresent() && now.isBefore(known.get().last().plus(interval()))) {
            return known.get().outcome();
        }
        SearchOutcome seen = look(submission);
        if (seen instanceof SearchOutcome.Found) {
            series.remove(submission.token());
            return seen;
        }
        if (seen instanceof SearchOutcome.NoAnswer) {
            series.put(submission.token(), new Series(now, now, seen, false));
            return seen;
        }
        Instant since = known.filter(Series::isOfAbsence).map(Series::since).orElse(now);
        SearchOutcome outcome = now.isBefore(since.plus(timings.search()))
                ? new SearchOutcome.NoAnswer(absentSoFar())
                : new SearchOutcome.Absent();
        series.put(submission.token(), new Series(since, now, outcome, true));
        return outcome;
    }

    static Instant since(ArraySubmission submission) {
        return submission.preparedAt().minus(CLOCK_SLACK);
    }

    private SearchOutcome look(ArraySubmission submission) {
        String name = SlurmExecutor.jobName(submission);
        Answer<List<QueueRow>> queue = client.queue();
        if (queue instanceof Answer.NoAnswer<List<QueueRow>> noAnswer) {
            return new SearchOutcome.NoAnswer(noAnswer.reason());
        }
        if (queue instanceof Answer.Answered<List<QueueRow>> answered) {
            for (QueueRow row : answered.value()) {
                if (row.name().equals(name)) {
                    return new SearchOutcome.Found(row.arrayJob());
                }
            }
        }
        Answer<List<AccountingRow>> accounting = client.accounting(List.of(name), since(submission));
        if (accounting instanceof Answer.NoAnswer<List<AccountingRow>> noAnswer) {
            return new SearchOutcome.NoAnswer(noAnswer.reason());
        }
        return accounting instanceof Answer.Answered<List<AccountingRow>> answered
                ? new SearchOutcome.Found(answered.value().get(0).arrayJob())
                : new SearchOutcome.Absent();
    }

    private Duration interval() {
        return timings.search().compareTo(MIN_INTERVAL) < 0 ? timings.search().dividedBy(2) : MIN_INTERVAL;
    }

    private String absentSoFar() {
        return "neither queue nor accounting knows it; believed when that stands for "
                + timings.search().toSeconds() + " s";
    }

    /**
     * @param since when the unbroken series began
     * @param last when Slurm was last asked
     * @param isOfAbsence whether every look since then got a full answer and found nothing
     */
    private record Series(Instant since, Instant last, SearchOutcome outcome, boolean isOfAbsence) {}
}
