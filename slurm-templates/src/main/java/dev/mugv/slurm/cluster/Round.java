package dev.mugv.slurm.cluster;

import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.client.SlurmClient;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one round of questions to Slurm came to: one to the queue, and one to accounting if the queue has forgotten
 * something that is wanted.
 *
 * @param begunAt before anything was asked
 * @param queue our jobs only
 * @param asked names that accounting was asked for; nothing is known of others
 * @param accounting empty where it was not asked
 */
public record Round(
        Instant begunAt, Answer<List<QueueRow>> queue, Set<String> asked, Answer<List<AccountingRow>> accounting) {
    public Round {
        asked = Set.copyOf(asked);
    }

    /** Asks. */
    public static Round ask(SlurmClient client, Collection<Interest> interests, Clock clock) {
        Instant begun = clock.instant();
        Answer<List<QueueRow>> queue = ours(client.queue());
        if (queue instanceof Answer.NoAnswer<List<QueueRow>>) {
            return new Round(begun, queue, Set.of(), new Answer.Empty<>());
        }
        Map<String, List<QueueRow>> byName = new HashMap<>();
        rows(queue)
                .forEach(row -> byName.computeIfAbsent(row.name(), key -> new java.util.ArrayList<>())
                        .add(row));
        List<Interest> forgotten = interests.stream()
                .filter(interest -> interest.isForgottenBy(byName.getOrDefault(interest.name(), List.of())))
                .toList();
        if (forgotten.isEmpty()) {
            return new Round(begun, queue, Set.of(), new Answer.Empty<>());
        }
        Instant since =
                forgotten.stream().map(Interest::since).min(Instant::compareTo).orElseThrow();
        List<String> names = Interest.names(forgotten);
        return new Round(begun, queue, Set.copyOf(names), client.accounting(names, since));
    }

    /** Whether this round can say of a submission that Slurm does not know it. */
    public boolean covers(String name) {
        return queue instanceof Answer.NoAnswer<List<QueueRow>>
                || asked.contains(name)
                || rows(queue).stream().anyMatch(row -> row.name().equals(name));
    }

    private static Answer<List<QueueRow>> ours(Answer<List<QueueRow>> answer) {
        if (!(answer instanceof Answer.Answered<List<QueueRow>> answered)) {
            return answer;
        }
        List<QueueRow> ours = answered.value().stream()
                .filter(row -> row.name().startsWith(SlurmExecutor.JOB_NAME_START))
                .toList();
        return ours.isEmpty() ? new Answer.Empty<>() : new Answer.Answered<>(ours);
    }

    private static List<QueueRow> rows(Answer<List<QueueRow>> answer) {
        return answer instanceof Answer.Answered<List<QueueRow>> answered ? answered.value() : List.of();
    }
}
