package dev.mugv.steps.work;

import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.RankRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the ranks of one run reported.
 *
 * @param expected how many ranks the order has; a single one reports by the exit record alone
 * @param records of those that have reported
 */
record RankReports(int expected, List<RankRecord> records) {
    RankReports {
        records = List.copyOf(records);
    }

    /** Of work that one process does. */
    static RankReports none() {
        return new RankReports(1, List.of());
    }

    boolean isComplete() {
        return expected == 1 || records.size() == expected;
    }

    boolean allSucceeded() {
        return isComplete() && records.stream().allMatch(record -> record.outcome() == ExitRecord.Outcome.SUCCEEDED);
    }

    /** The failure that came first; those after it may be its effects. */
    Optional<RankRecord> firstFailure() {
        return records.stream()
                .filter(record -> record.outcome() == ExitRecord.Outcome.FAILED)
                .min(Comparator.comparing(RankRecord::endedAt));
    }

    /** A part of a sentence, empty for one process. */
    String fact() {
        return expected == 1
                ? ""
                : "; ranks that reported success: %d of %d"
                        .formatted(
                                records.stream()
                                        .filter(record -> record.outcome() == ExitRecord.Outcome.SUCCEEDED)
                                        .count(),
                                expected);
    }
}
