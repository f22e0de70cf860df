package dev.mugv.jobs.certify;

import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.JobState;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.steps.work.SubmissionEntry;
import dev.mugv.steps.work.SubmissionState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Slurm's own word on how many jobs came of the trials' submissions, and whether any is left. */
final class SlurmCount {
    private final SlurmClient client;

    SlurmCount(SlurmClient client) {
        this.client = client;
    }

    /** What was counted. */
    record Counted(int jobs, Findings findings) {}

    Counted count(List<SubmissionEntry> submissions, Instant since) {
        Map<String, Set<String>> jobs = new HashMap<>();
        Map<String, SubmissionEntry> byName =
                submissions.stream().collect(Collectors.toMap(row -> "mugv-" + row.token(), row -> row));
        List<String> losses = new ArrayList<>();
        for (QueueRow row : queue()) {
            if (byName.containsKey(row.name())) {
                jobs.computeIfAbsent(row.name(), key -> new TreeSet<>()).add(row.arrayJob());
                boolean over = row.state().map(JobState::phase).orElse(JobState.Phase.RUNNING) == JobState.Phase.OVER;
                if (!over) {
                    losses.add(
                            "Slurm job %s is still %s, and nobody waits for it".formatted(row.id(), row.stateWord()));
                }
            }
        }
        for (AccountingRow row : accounting(byName.keySet(), since)) {
            jobs.computeIfAbsent(row.name(), key -> new TreeSet<>()).add(row.arrayJob());
        }
        return counted(byName, jobs, losses);
    }

    private static Counted counted(
            Map<String, SubmissionEntry> byName, Map<String, Set<String>> jobs, List<String> losses) {
        List<String> duplicates = new ArrayList<>();
        int count = 0;
        for (Map.Entry<String, SubmissionEntry> each : byName.entrySet()) {
            Set<String> found = jobs.getOrDefault(each.getKey(), Set.of());
            count += found.size();
            SubmissionState state = each.getValue().state();
            if (found.size() > 1) {
                duplicates.add("token %s was submitted %d times: Slurm jobs %s"
                        .formatted(each.getValue().token(), found.size(), found));
            } else if (found.isEmpty() && state == SubmissionState.SUBMITTED) {
                losses.add("Slurm does not know token %s, which the ledger says it took"
                        .formatted(each.getValue().token()));
            } else if (!found.isEmpty() && state != SubmissionState.SUBMITTED) {
                losses.add("Slurm job %s of token %s is %s in the ledger"
                        .formatted(found, each.getValue().token(), state));
            }
        }
        return new Counted(count, new Findings(duplicates, losses, List.of(), List.of()));
    }

    private List<QueueRow> queue() {
        for (int i = 0; ; i++) {
            Answer<List<QueueRow>> answer = client.queue();
            if (answer instanceof Answer.Answered<List<QueueRow>> answered) {
                return answered.value();
            }
            if (answer instanceof Answer.Empty<List<QueueRow>>) {
                return List.of();
            }
            waitFor("squeue", (Answer.NoAnswer<List<QueueRow>>) answer, i);
        }
    }

    private List<AccountingRow> accounting(Set<String> names, Instant since) {
        for (int i = 0; ; i++) {
            Answer<List<AccountingRow>> answer = client.accounting(names, since);
            if (answer instanceof Answer.Answered<List<AccountingRow>> answered) {
                return answered.value();
            }
            if (answer instanceof Answer.Empty<List<AccountingRow>>) {
                return List.of();
            }
            waitFor("sacct", (Answer.NoAnswer<List<AccountingRow>>) answer, i);
        }
    }

    private static void waitFor(String program, Answer.NoAnswer<?> answer, int tries) {
        if (tries >= 10) {
            throw new IllegalStateException(program + " does not answer: " + answer.reason());
        }
        java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
    }
}
