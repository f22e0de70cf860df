package dev.mugv.jobs.query;

import dev.mugv.steps.catalog.FinetuneChoice;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads clips, their scores and the decisions about them. */
public final class ClipQuery {
    private final JdbcClient jdbc;
    private final String run;

    public ClipQuery(JdbcClient jdbc, String run) {
        this.jdbc = jdbc;
        this.run = run;
    }

    /**
     * A clip in a list.
     *
     * @param decision kept, held out, or the reason of its rejection
     */
    public record ClipLine(
            String clip, String video, int firstFrame, int endFrame, double seconds, String decision, String caption) {}

    /** Everything known of one clip. */
    public record ClipStory(
            ClipLine clip,
            String detail,
            double weight,
            boolean finetune,
            FinetuneChoice choice,
            SortedMap<String, Double> scores,
            List<Map<String, Object>> duplicates,
            String captionOrigin,
            String tags) {
        /** Whether it is finetuned on, and what decided it. */
        public String finetuning() {
            String word = finetune ? "chosen" : choice.review().isEmpty() ? "not chosen" : choice.review();
            return String.format(
                    Locale.ROOT, "%s; composite score %.3f, weight %.4g", word, choice.composite(), choice.weight());
        }
    }

    /** All clips by video and place. */
    public List<ClipLine> clips() {
        return jdbc.sql(SELECT + ORDER)
                .param("run", run)
                .query((row, number) -> line(row))
                .list();
    }

    /** Clips of some videos. */
    public List<ClipLine> ofVideos(Collection<String> videos) {
        return jdbc.sql(SELECT + " AND v.path IN (:videos)" + ORDER)
                .param("run", run)
                .param("videos", videos)
                .query((row, number) -> line(row))
                .list();
    }

    /** How many clips there are of each decision. */
    public SortedMap<String, Long> counts() {
        SortedMap<String, Long> counts = new TreeMap<>();
        jdbc.sql("SELECT decision, count(*) AS clips FROM (" + SELECT + ") AS listed GROUP BY decision")
                .param("run", run)
                .query((row, number) -> counts.put(row.getString("decision"), row.getLong("clips")))
                .list();
        return counts;
    }

    /** Videos that have clips of a decision. */
    public List<String> videosWith(String decision) {
        return jdbc.sql("SELECT DISTINCT video FROM (" + SELECT
                        + ") AS listed WHERE decision = :decision ORDER BY video")
                .param("run", run)
                .param("decision", decision)
                .query(String.class)
                .list();
    }

    /** Clips whose id starts with these digits. */
    public List<ClipLine> startingWith(String digits) {
        return jdbc.sql(SELECT + " AND starts_with(c.clip_id, :digits)" + ORDER)
                .param("run", run)
                .param("digits", digits)
                .query((row, number) -> line(row))
                .list();
    }

    private static ClipLine line(ResultSet row) throws SQLException {
        return new ClipLine(
                row.getString("clip_id"),
                row.getString("video"),
                row.getInt("first_frame"),
                row.getInt("end_frame"),
                (row.getInt("end_frame") - row.getInt("first_frame")) / row.getDouble("frames_a_second"),
                row.getString("decision"),
                row.getString("caption"));
    }

    /** Everything known of a clip. */
    public ClipStory story(ClipLine clip) {
        SortedMap<String, Double> scores = new TreeMap<>();
        jdbc.sql("SELECT name, value FROM clip_score WHERE clip_id = ?")
                .param(clip.clip())
                .query((row, number) -> scores.put(row.getString("name"), row.getDouble("value")))
                .list();
        List<Map<String, Object>> duplicates = jdbc.sql("""
                        SELECT CASE WHEN clip_id = :clip THEN other_id ELSE clip_id END AS clip, distance
                        FROM clip_duplicate WHERE run_name = :run AND :clip IN (clip_id, other_id) ORDER BY distance, 1
                        """)
                .param("clip", clip.clip())
                .param("run", run)
                .query()
                .listOfRows();
        Optional<ClipStory> decided = jdbc.sql("""
                        SELECT d.detail, d.weight, d.finetune, d.composite, d.finetune_weight, d.review, coalesce(k.origin, '') AS origin,
                               coalesce(k.tags, '') AS tags
                        FROM clip_decision d LEFT JOIN clip_caption k USING (run_name, clip_id)
                        WHERE d.run_name = ? AND d.clip_id = ?
                        """)
                .params(run, clip.clip())
                .query((row, number) -> new ClipStory(
                        clip,
                        row.getString("detail"),
                        row.getDouble("weight"),
                        row.getBoolean("finetune"),
                        new FinetuneChoice(
                                row.getDouble("composite"), row.getDouble("finetune_weight"), row.getString("review")),
                        scores,
                        duplicates,
                        row.getString("origin"),
                        row.getString("tags")))
                .optional();
        return decided.orElseGet(
                () -> new ClipStory(clip, "", 0, false, new FinetuneChoice(0, 1, ""), scores, duplicates, "", ""));
    }

    private static final String ORDER = " ORDER BY video, c.first_frame";

    private static final String SELECT = """
            SELECT c.clip_id, v.path AS video, c.first_frame, c.end_frame, c.frames_a_second,
                   CASE WHEN d.clip_id IS NULL THEN 'undecided' WHEN NOT d.kept THEN d.reason
                        WHEN d.held_out THEN 'held out' ELSE 'kept' END AS decision,
                   coalesce(k.caption, '') AS caption
            FROM source_video v
            JOIN clip c ON c.video_sha256 = v.sha256
            LEFT JOIN clip_decision d ON d.run_name = v.run_name AND d.clip_id = c.clip_id
            LEFT JOIN clip_caption k ON k.run_name = v.run_name AND k.clip_id = c.clip_id
            WHERE v.run_name = :run AND v.state = 'ADMITTED'
            """;
}
