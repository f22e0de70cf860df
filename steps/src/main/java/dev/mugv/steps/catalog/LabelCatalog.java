package dev.mugv.steps.catalog;

import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.PreferenceLabels.Absolute;
import dev.mugv.model.format.PreferenceLabels.Pair;
import dev.mugv.model.format.PreferenceLabels.Verdict;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Table {@code preference_label}. */
public final class LabelCatalog {
    private final JdbcClient jdbc;

    public LabelCatalog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Replaces a run's labels; to be called in a transaction. */
    public void replace(String run, PreferenceLabels labels, String origin) {
        jdbc.sql("DELETE FROM preference_label WHERE run_name = ?").param(run).update();
        for (Pair pair : labels.pairs()) {
            jdbc.sql("""
                            INSERT INTO preference_label (run_name, label_id, kind, sample_id, loser_id, origin, given_by)
                            VALUES (?, ?, 'PAIR', ?, ?, ?, ?)""")
                    .params(
                            run,
                            pair.labelId(),
                            pair.winner(),
                            pair.loser(),
                            origin,
                            labels.givenBy().getOrDefault(pair.labelId(), ""))
                    .update();
        }
        for (Absolute absolute : labels.absolutes()) {
            jdbc.sql("""
                            INSERT INTO preference_label (run_name, label_id, kind, sample_id, pass, origin, given_by)
                            VALUES (?, ?, 'ABSOLUTE', ?, ?, ?, ?)""")
                    .params(
                            run,
                            absolute.labelId(),
                            absolute.sample(),
                            absolute.verdict() == Verdict.PASS,
                            origin,
                            labels.givenBy().getOrDefault(absolute.labelId(), ""))
                    .update();
        }
    }

    /** A run's labels, each kind ordered by id. */
    public PreferenceLabels labels(String run) {
        SortedMap<String, String> givenBy = new TreeMap<>();
        jdbc.sql("SELECT label_id, given_by FROM preference_label WHERE run_name = ? AND given_by <> ''")
                .param(run)
                .query((rs, row) -> givenBy.put(rs.getString("label_id"), rs.getString("given_by")))
                .list();
        return new PreferenceLabels(
                jdbc.sql(
                                "SELECT * FROM preference_label WHERE run_name = ? AND kind = 'PAIR' ORDER BY label_id COLLATE \"C\"")
                        .param(run)
                        .query((rs, row) ->
                                new Pair(rs.getString("label_id"), rs.getString("sample_id"), rs.getString("loser_id")))
                        .list(),
                jdbc.sql(
                                "SELECT * FROM preference_label WHERE run_name = ? AND kind = 'ABSOLUTE' ORDER BY label_id COLLATE \"C\"")
                        .param(run)
                        .query((rs, row) -> new Absolute(
                                rs.getString("label_id"),
                                rs.getString("sample_id"),
                                rs.getBoolean("pass") ? Verdict.PASS : Verdict.FAIL))
                        .list(),
                givenBy);
    }
}
