package dev.mugv.steps.catalog;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Table {@code preference_label}. */
public final class LabelCatalog {
    private final JdbcClient jdbc;

    public LabelCatalog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Replaces a run's labels; to be called in a transaction. */
    public void replace(String run, List<PreferenceLabel> labels, String origin) {
        jdbc.sql("DELETE FROM preference_label WHERE run_name = ?").param(run).update();
        for (PreferenceLabel label : labels) {
            if (label instanceof PreferenceLabel.Pair pair) {
                jdbc.sql("""
                                INSERT INTO preference_label (run_name, label_id, kind, sample_id, loser_id, origin)
                                VALUES (?, ?, 'PAIR', ?, ?, ?)""")
                        .params(run, pair.labelId(), pair.winnerId(), pair.loserId(), origin)
                        .update();
            } else if (label instanceof PreferenceLabel.Absolute absolute) {
                jdbc.sql("""
                                INSERT INTO preference_label (run_name, label_id, kind, sample_id, pass, origin)
                                VALUES (?, ?, 'ABSOLUTE', ?, ?, ?)""")
                        .params(run, absolute.labelId(), absolute.sampleId(), absolute.pass(), origin)
                        .update();
            }
        }
    }

    /** A run's labels ordered by id. */
    public List<PreferenceLabel> labels(String run) {
        return jdbc.sql("SELECT * FROM preference_label WHERE run_name = ? ORDER BY label_id")
                .param(run)
                .query((rs, row) -> rs.getString("kind").equals("PAIR")
                        ? (PreferenceLabel) new PreferenceLabel.Pair(
                                rs.getString("label_id"), rs.getString("sample_id"), rs.getString("loser_id"))
                        : new PreferenceLabel.Absolute(
                                rs.getString("label_id"), rs.getString("sample_id"), rs.getBoolean("pass")))
                .list();
    }
}
