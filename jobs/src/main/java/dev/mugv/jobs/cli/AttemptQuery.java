package dev.mugv.jobs.cli;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.executor.ElementId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds attempts of a run by whatever name a person has for one. */
final class AttemptQuery {
    /** Slurm's {@code 123_4} and {@code 123}. */
    private static final Pattern SLURM_JOB = Pattern.compile("(\\d{1,18})(?:_(\\d{1,9}))?");

    private static final Pattern TOKEN = Pattern.compile("(?:mugv-)?([0-9a-f]{8,32})(?:/(\\d{1,9}))?");
    private static final String SELECT = """
            SELECT a.token, a.logical_index, a.step_name, a.label, a.number, a.memory_mebibytes, a.state, a.stop_reason,
                   a.failure_class, a.message, a.created_at, a.decided_at, a.cancelled_by, a.cancelled_at, a.cancel_note,
                   (SELECT p.number FROM attempt p WHERE p.token = a.predecessor_token
                       AND p.logical_index = a.predecessor_index AND p.state = 'OPEN') AS held_by,
                   s.state AS submission_state, s.external_id, s.reason, s.prepared_at, s.elements
            FROM attempt a JOIN submission s USING (token) WHERE a.run_name = :run AND %s
            ORDER BY a.created_at, a.token, a.logical_index""";

    private final JdbcClient jdbc;
    private final String run;

    AttemptQuery(JdbcClient jdbc, String run) {
        this.jdbc = jdbc;
        this.run = run;
    }

    /**
     * An attempt with its submission, as the ledger has it. Many components because it is one row, read whole.
     *
     * @param heldBy number of the attempt that holds this one, while it does
     * @param job Slurm's name for it, once Slurm has taken it
     */
    record Row(
            ElementId element,
            String step,
            String label,
            int number,
            int memoryMebibytes,
            String state,
            Optional<String> stopReason,
            Optional<String> failureClass,
            Optional<String> message,
            Instant createdAt,
            Optional<Instant> decidedAt,
            Optional<String> cancelledBy,
            Optional<Instant> cancelledAt,
            Optional<String> cancelNote,
            Optional<String> heldBy,
            String submissionState,
            Optional<String> job,
            Optional<String> submissionReason,
            Instant preparedAt,
            int elements) {}

    /**
     * Attempts that a word names: a Slurm job ({@code 123_4}, {@code 123}), a token or its beginning ({@code 5e08b29d/0}), or a
     * piece's label ({@code curate-videos/clip.mp4}, {@code clip.mp4}).
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when there is none
     */
    List<Row> named(String word) {
        List<Row> found = find(word);
        if (found.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot find job '%s': expected a Slurm job of run '%s' such as 123_4, a token or a piece's name, found none."
                                    + " See 'mugv status' and 'squeue --me'.")
                            .formatted(word, run));
        }
        return found;
    }

    private List<Row> find(String word) {
        Matcher slurm = SLURM_JOB.matcher(word);
        if (slurm.matches()) {
            List<Row> found =
                    select("s.external_id = :job AND (:index::int IS NULL OR a.logical_index = :index)", slurm);
            if (!found.isEmpty()) {
                return found;
            }
        }
        Matcher token = TOKEN.matcher(word);
        if (token.matches()) {
            List<Row> found =
                    select("a.token LIKE :job || '%%' AND (:index::int IS NULL OR a.logical_index = :index)", token);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return jdbc.sql(SELECT.formatted("(a.label = :word OR a.step_name || '/' || a.label = :word)"))
                .param("run", run)
                .param("word", word)
                .query((row, number) -> row(row))
                .list();
    }

    private List<Row> select(String condition, Matcher matcher) {
        String index = matcher.group(2);
        return jdbc.sql(SELECT.formatted(condition.replace("%%", "%")))
                .param("run", run)
                .param("job", matcher.group(1))
                .param("index", index == null ? null : Integer.valueOf(index), java.sql.Types.INTEGER)
                .query((row, number) -> row(row))
                .list();
    }

    /** Later attempts of the same piece. */
    List<Row> after(Row attempt) {
        return jdbc.sql(SELECT.formatted("a.step_name = :step AND a.label = :label AND a.created_at > :since"))
                .param("run", run)
                .param("step", attempt.step())
                .param("label", attempt.label())
                .param("since", attempt.createdAt().atOffset(java.time.ZoneOffset.UTC))
                .query((row, number) -> row(row))
                .list();
    }

    private static Row row(ResultSet row) throws SQLException {
        ElementId element = new ElementId(row.getString("token"), row.getInt("logical_index"));
        Optional<String> array = text(row, "external_id");
        boolean isArray = array.filter(id -> id.matches("\\d+")).isPresent();
        return new Row(
                element,
                row.getString("step_name"),
                row.getString("label"),
                row.getInt("number"),
                row.getInt("memory_mebibytes"),
                row.getString("state"),
                text(row, "stop_reason"),
                text(row, "failure_class"),
                text(row, "message"),
                time(row, "created_at").orElseThrow(),
                time(row, "decided_at"),
                text(row, "cancelled_by"),
                time(row, "cancelled_at"),
                text(row, "cancel_note"),
                text(row, "held_by"),
                row.getString("submission_state"),
                isArray ? array.map(id -> id + "_" + element.index()) : array,
                text(row, "reason"),
                time(row, "prepared_at").orElseThrow(),
                row.getInt("elements"));
    }

    private static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
