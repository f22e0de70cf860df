package dev.mugv.steps.work;

import java.time.Instant;
import java.util.Optional;

/**
 * A row of table {@code submission}.
 *
 * @param place where it is handed over; absent in old rows
 * @param parallel how many elements may run at once
 * @param reason why its outcome is not known, or why it was refused
 * @param refusals how often the executor said no in words that are not known
 */
// More than five components because it is one row, read whole.
public record SubmissionEntry(
        String token,
        StepScope scope,
        SubmissionState state,
        Optional<String> place,
        int elements,
        int parallel,
        Instant preparedAt,
        Optional<Instant> triedAt,
        Optional<String> externalId,
        Optional<String> reason,
        int refusals) {}
