package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.TaskKind;
import dev.mugv.slurm.executor.ElementId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of the tables {@code submission} and {@code attempt} as values; what {@link SubmissionLedger} asked for. */
final class LedgerRows {
    private LedgerRows() {}

    static SubmissionEntry submission(ResultSet row) throws SQLException {
        return new SubmissionEntry(
                row.getString("token"),
                new StepScope(row.getString("run_name"), row.getString("step_name")),
                SubmissionState.valueOf(row.getString("state")),
                Optional.ofNullable(row.getString("place")),
                row.getInt("elements"),
                row.getInt("parallel"),
                row.getObject("prepared_at", OffsetDateTime.class).toInstant(),
                instant(row, "tried_at"),
                Optional.ofNullable(row.getString("external_id")),
                Optional.ofNullable(row.getString("reason")),
                row.getInt("refusals"));
    }

    static AttemptEntry attempt(ResultSet row) throws SQLException {
        return new AttemptEntry(
                new ElementId(row.getString("token"), row.getInt("logical_index")),
                new StepScope(row.getString("run_name"), row.getString("step_name")),
                row.getLong("job_execution_id"),
                row.getString("label"),
                TaskKind.valueOf(row.getString("task")),
                new ArtifactKey(row.getString("artifact_key")),
                row.getInt("number"),
                row.getInt("memory_mebibytes"),
                AttemptState.valueOf(row.getString("state")),
                Optional.ofNullable(row.getString("stop_reason")).map(StopReason::valueOf),
                Optional.ofNullable(row.getString("failure_class")).map(FailureClass::valueOf),
                Optional.ofNullable(row.getString("message")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "decided_at"),
                Optional.ofNullable(row.getString("predecessor_token"))
                        .map(token -> new ElementId(token, predecessorIndex(row))));
    }

    private static int predecessorIndex(ResultSet row) {
        try {
            return row.getInt("predecessor_index");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return Optional.ofNullable(value).map(OffsetDateTime::toInstant);
    }
}
