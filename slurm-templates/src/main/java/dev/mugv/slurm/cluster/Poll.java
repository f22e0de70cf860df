package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.JobState;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.Observation;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one round says of some submissions, by name and index. */
final class Poll {
    private static final Logger LOG = LoggerFactory.getLogger(Poll.class);

    private final Instant now;
    private final Optional<String> silence;
    private final Optional<String> accountingSilence;
    private final boolean accountingAnswered;
    private final Map<String, Map<Integer, QueueRow>> queue;
    private final Map<String, Map<Integer, List<AccountingRow>>> accounting;
    /** Names of submissions whose array was cancelled whole. */
    private final Set<String> cancelledWhole;

    private final Set<String> known;

    private final Set<String> asked;

    private Poll(Instant now, Optional<String> silence, Queue queue, Accounting accounting, Set<String> asked) {
        this.now = now;
        this.silence = silence;
        this.queue = queue.rows();
        this.accounting = accounting.rows();
        this.accountingAnswered = accounting.answered();
        this.accountingSilence = accounting.silence();
        this.asked = asked;
        this.cancelledWhole = new HashSet<>(queue.cancelledWhole());
        this.cancelledWhole.addAll(accounting.cancelledWhole());
        this.known = new HashSet<>(queue.rows().keySet());
        this.known.addAll(accounting.rows().keySet());
        this.known.addAll(cancelledWhole);
    }

    /** What a round says of these submissions. */
    static Poll of(Round round, Collection<ArraySubmission> submissions, Instant now) {
        if (round.queue() instanceof Answer.NoAnswer<List<QueueRow>> noAnswer) {
            return new Poll(
                    now,
                    Optional.of(noAnswer.reason()),
                    Queue.of(List.of(), Set.of()),
                    Accounting.notAsked(),
                    Set.of());
        }
        Set<String> names = new HashSet<>();
        submissions.forEach(submission -> names.add(SlurmExecutor.jobName(submission)));
        Queue queue = Queue.of(
                round.queue() instanceof Answer.Answered<List<QueueRow>> answered ? answered.value() : List.of(),
                names);
        Accounting accounting =
                round.asked().isEmpty() ? Accounting.notAsked() : Accounting.of(round.accounting(), names);
        return new Poll(now, Optional.empty(), queue, accounting, round.asked());
    }

    /** Why the queue could not be asked. */
    Optional<String> silence() {
        return silence;
    }

    /** An element's line in the queue, if it is not over. */
    Optional<QueueRow> alive(ArraySubmission submission, int index) {
        return Optional.ofNullable(queue.getOrDefault(SlurmExecutor.jobName(submission), Map.of())
                        .get(index))
                .filter(row -> row.state().isEmpty() || row.state().get().phase() != JobState.Phase.OVER);
    }

    static boolean runs(QueueRow row) {
        return row.state().isEmpty() || row.state().get().phase() == JobState.Phase.RUNNING;
    }

    /** What this poll says of an element. */
    Witness.Finding hear(ArraySubmission submission, int index) {
        if (silence.isPresent()) {
            return new Witness.Finding.Alive(new Observation.NoAnswer(silence.get()));
        }
        String name = SlurmExecutor.jobName(submission);
        Optional<QueueRow> row =
                Optional.ofNullable(queue.getOrDefault(name, Map.of()).get(index));
        List<Claim> claims;
        try {
            claims = alive(submission, index).isPresent() ? List.of() : Claim.of(submission, index);
        } catch (IOException e) {
            return new Witness.Finding.Alive(new Observation.NoAnswer("the claims could not be read: " + e));
        }
        Witness.Finding finding = Witness.hear(
                new Testimony(
                        row,
                        cancelledWhole.contains(name),
                        accounting.getOrDefault(name, Map.of()).getOrDefault(index, List.of()),
                        accountingAnswered && asked.contains(name),
                        known.contains(name),
                        claims),
                now);
        if (finding instanceof Witness.Finding.Forgotten) {
            return new Witness.Finding.Alive(new Observation.NoAnswer(
                    "the queue does not know it any more; " + accountingSilence.orElse("accounting was not asked")));
        }
        return finding;
    }

    /** The queue's answer, by name and index. */
    private record Queue(Map<String, Map<Integer, QueueRow>> rows, Set<String> cancelledWhole) {
        static Queue of(List<QueueRow> all, Set<String> names) {
            Map<String, Map<Integer, QueueRow>> rows = new HashMap<>();
            Set<String> whole = new HashSet<>();
            for (QueueRow row : all) {
                if (!names.contains(row.name())) {
                    continue;
                }
                if (row.index().isPresent()) {
                    rows.computeIfAbsent(row.name(), key -> new HashMap<>())
                            .merge(row.index().getAsInt(), row, Queue::one);
                } else if (row.state().equals(Optional.of(JobState.CANCELLED))) {
                    whole.add(row.name());
                }
            }
            return new Queue(rows, whole);
        }

        /** Two jobs of one token should not be; the claim lets one of them work, and that is the later start. */
        private static QueueRow one(QueueRow a, QueueRow b) {
            LOG.error("two Slurm jobs of one token name={} jobs={},{}", a.name(), a.id(), b.id());
            boolean aLives = a.state().map(JobState::phase).orElse(JobState.Phase.RUNNING) != JobState.Phase.OVER;
            return aLives ? a : b;
        }
    }

    /** Accounting's answer, by name and index, oldest run first. */
    private record Accounting(
            boolean answered,
            Optional<String> silence,
            Map<String, Map<Integer, List<AccountingRow>>> rows,
            Set<String> cancelledWhole) {
        static Accounting notAsked() {
            return new Accounting(false, Optional.empty(), Map.of(), Set.of());
        }

        static Accounting of(Answer<List<AccountingRow>> answer, Set<String> names) {
            if (answer instanceof Answer.NoAnswer<List<AccountingRow>> noAnswer) {
                return new Accounting(false, Optional.of(noAnswer.reason()), Map.of(), Set.of());
            }
            List<AccountingRow> all = answer instanceof Answer.Answered<List<AccountingRow>> answered
                    ? new ArrayList<>(answered.value())
                    : new ArrayList<>();
            all.removeIf(row -> !names.contains(row.name()));
            all.sort(Comparator.comparing(AccountingRow::submitted)
                    .thenComparing(row -> row.started().orElse(Instant.MAX)));
            Map<String, Map<Integer, List<AccountingRow>>> rows = new HashMap<>();
            Set<String> whole = new HashSet<>();
            for (AccountingRow row : all) {
                Map<Integer, List<AccountingRow>> elements = rows.computeIfAbsent(row.name(), key -> new HashMap<>());
                if (row.index().isPresent()) {
                    elements.computeIfAbsent(row.index().getAsInt(), key -> new ArrayList<>())
                            .add(row);
                } else if (row.state().equals(Optional.of(JobState.CANCELLED))) {
                    whole.add(row.name());
                }
            }
            return new Accounting(true, Optional.empty(), rows, whole);
        }
    }
}
