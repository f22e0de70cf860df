package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.SearchOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for a submission by its token in the queue and in accounting. Absence is believed only after an unbroken series of
 * full answers: the first answers of a controller that wakes do not hold yet what it had been sent while it was frozen.
 */
final class TokenSearch {
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(5);

    private final Rounds rounds;
    private final SlurmTimings timings;
    private final Clock clock;
    private final Map<String, Series> series = new HashMap<>();
    private final Map<String, Instant> asked = new HashMap<>();

    TokenSearch(Rounds rounds, SlurmTimings timings, Clock clock) {
        this.rounds = rounds;
        this.timings = timings;
        this.clock = clock;
    }

    SearchOutcome find(ArraySubmission submission) {
        Instant now = clock.instant();
        Optional<Series> known = Optional.ofNullable(series.get(submission.token()));
        if (known.isPresent() && now.isBefore(known.get().last().plus(interval()))) {
            return known.get().outcome();
        }
        Interest interest = Interest.in(submission, Set.of(0));
        Instant notBefore =
                known.map(Series::last).orElseGet(() -> asked.computeIfAbsent(submission.token(), key -> now));
        Optional<Round> round = rounds.covering(interest, notBefore);
        if (round.isEmpty()) {
            return new SearchOutcome.NoAnswer("the next round of questions to Slurm has not been made yet");
        }
        Instant at = round.get().begunAt();
        SearchOutcome seen = look(round.get(), interest.name());
        if (seen instanceof SearchOutcome.Found) {
            series.remove(submission.token());
            asked.remove(submission.token());
            return seen;
        }
        if (seen instanceof SearchOutcome.NoAnswer) {
            series.put(submission.token(), new Series(at, now, seen, false));
            return seen;
        }
        Instant since = known.filter(Series::isOfAbsence).map(Series::since).orElse(at);
        SearchOutcome outcome = at.isBefore(since.plus(timings.search()))
                ? new SearchOutcome.NoAnswer(absentSoFar())
                : new SearchOutcome.Absent();
        series.put(submission.token(), new Series(since, now, outcome, true));
        return outcome;
    }

    private static SearchOutcome look(Round round, String name) {
        if (round.queue() instanceof Answer.NoAnswer<List<QueueRow>> noAnswer) {
            return new SearchOutcome.NoAnswer(noAnswer.reason());
        }
        if (round.queue() instanceof Answer.Answered<List<QueueRow>> answered) {
            for (QueueRow row : answered.value()) {
                if (row.name().equals(name)) {
                    return new SearchOutcome.Found(row.arrayJob());
                }
            }
        }
        if (round.accounting() instanceof Answer.NoAnswer<List<AccountingRow>> noAnswer) {
            return new SearchOutcome.NoAnswer(noAnswer.reason());
        }
        if (round.accounting() instanceof Answer.Answered<List<AccountingRow>> answered) {
            for (AccountingRow row : answered.value()) {
                if (row.name().equals(name)) {
                    return new SearchOutcome.Found(row.arrayJob());
                }
            }
        }
        return new SearchOutcome.Absent();
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
