package dev.mugv.steps.work;

import java.time.Instant;
import java.util.Optional;

/** A row of table {@code submission}. */
public record SubmissionEntry(
        String token,
        StepScope scope,
        SubmissionState state,
        int elements,
        int parallel,
        Instant preparedAt,
        Optional<Instant> triedAt,
        Optional<String> externalId,
        Optional<String> reason) {}
