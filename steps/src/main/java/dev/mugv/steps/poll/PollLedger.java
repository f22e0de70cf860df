package dev.mugv.steps.poll;

import dev.mugv.model.run.Json;
import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.cluster.Interest;
import dev.mugv.slurm.cluster.Round;
import dev.mugv.slurm.cluster.Urgency;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tables {@code slurm_round} and {@code slurm_wish}, and what of {@code submission} says which work is waited for. */
final class PollLedger {
    /** Rounds of which nobody has heard for so long are of no use to anybody. */
    private static final Duration KEPT = Duration.ofMinutes(2);

    private static final String JOB_NAME_START = "mugv-";

    private final JdbcClient jdbc;

    PollLedger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Notes a round, and forgets those that are old. */
    void store(String place, ControllerName controller, Round round, Instant endedAt) {
        jdbc.sql("""
                        INSERT INTO slurm_round (place, controller, begun_at, ended_at, queue_answer, queue_content,
                            accounting_names, accounting_answer, accounting_content)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        place,
                        controller.text(),
                        timestamp(round.begunAt()),
                        timestamp(endedAt),
                        word(round.queue()),
                        content(round.queue()),
                        round.asked().toArray(String[]::new),
                        word(round.accounting()),
                        content(round.accounting()))
                .update();
        jdbc.sql("DELETE FROM slurm_round WHERE place = ? AND ended_at < ?")
                .params(place, timestamp(endedAt.minus(KEPT)))
                .update();
    }

    /** A round with its number, by which a later one is told. */
    record Numbered(long number, Round round) {}

    /** The newest round after one that is known. */
    Optional<Numbered> newest(String place, long after) {
        Optional<Long> number = jdbc.sql("SELECT max(number) FROM slurm_round WHERE place = ? AND number > ?")
                .params(place, after)
                .query((row, index) -> Optional.ofNullable(row.getObject(1, Long.class)))
                .single();
        return number.flatMap(found -> jdbc.sql("SELECT * FROM slurm_round WHERE number = ?")
                .param(found)
                .query((row, index) -> new Numbered(found, round(row)))
                .optional());
    }

    private static Round round(ResultSet row) throws SQLException {
        return new Round(
                row.getObject("begun_at", OffsetDateTime.class).toInstant(),
                answer(row.getString("queue_answer"), row.getString("queue_content"), QueueRow[].class),
                Set.of((String[]) row.getArray("accounting_names").getArray()),
                answer(row.getString("accounting_answer"), row.getString("accounting_content"), AccountingRow[].class));
    }

    /** Says that a controller wants a round; an act is not forgotten for a lesser reason that comes later. */
    void wish(String place, ControllerName controller, Urgency urgency, int live) {
        jdbc.sql("""
                        INSERT INTO slurm_wish (place, controller, urgency, live, wanted_at)
                        VALUES (?, ?, ?, ?, clock_timestamp())
                        ON CONFLICT ON CONSTRAINT slurm_wish_pk DO UPDATE SET
                            urgency = CASE WHEN slurm_wish.urgency = 'ACTION' THEN 'ACTION' ELSE EXCLUDED.urgency END,
                            live = EXCLUDED.live, wanted_at = EXCLUDED.wanted_at""").params(place, controller.text(), urgency.name(), live).update();
    }

    record Wish(Urgency urgency, int live) {}

    /** Takes what all controllers want. */
    List<Wish> takeWishes(String place) {
        return jdbc.sql("DELETE FROM slurm_wish WHERE place = ? RETURNING urgency, live")
                .param(place)
                .query((row, index) -> new Wish(Urgency.valueOf(row.getString("urgency")), row.getInt("live")))
                .list();
    }

    /** Says which submissions a controller waits for. */
    void watch(Collection<Interest> interests) {
        String[] tokens = interests.stream()
                .map(interest -> interest.name().substring(JOB_NAME_START.length()))
                .toArray(String[]::new);
        jdbc.sql("UPDATE submission SET watched_at = clock_timestamp() WHERE token = ANY(?)")
                .param(tokens)
                .update();
    }

    /** What all controllers of a place wait for. */
    List<Interest> interests(String place, Duration watched) {
        return jdbc.sql("""
                        SELECT s.token, s.prepared_at, array_agg(a.logical_index) AS undecided
                        FROM submission s JOIN attempt a ON a.token = s.token AND a.state = 'OPEN'
                        WHERE s.place = ? AND s.state IN ('SUBMITTED', 'SUBMIT_UNKNOWN')
                          AND s.watched_at > clock_timestamp() - make_interval(secs => ?)
                        GROUP BY s.token, s.prepared_at""")
                .params(place, watched.toSeconds())
                .query((row, index) -> Interest.in(
                        row.getString("token"),
                        new HashSet<>(Arrays.asList(
                                (Integer[]) row.getArray("undecided").getArray())),
                        row.getObject("prepared_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    private static String word(Answer<?> answer) {
        if (answer instanceof Answer.Answered<?>) {
            return "ANSWERED";
        }
        return answer instanceof Answer.Empty<?> ? "EMPTY" : "NO_ANSWER";
    }

    private static String content(Answer<?> answer) {
        if (answer instanceof Answer.Answered<?> answered) {
            return Json.text(answered.value());
        }
        return answer instanceof Answer.NoAnswer<?> noAnswer ? noAnswer.reason() : "";
    }

    private static <T> Answer<List<T>> answer(String word, String content, Class<T[]> rows) {
        return switch (word) {
            case "ANSWERED" -> new Answer.Answered<>(List.of(Json.parse(content, rows)));
            case "EMPTY" -> new Answer.Empty<>();
            default -> new Answer.NoAnswer<>(content);
        };
    }

    private static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
