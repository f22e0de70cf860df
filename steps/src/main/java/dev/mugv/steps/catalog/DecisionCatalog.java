package dev.mugv.steps.catalog;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tables {@code clip_decision}, {@code clip_duplicate} and {@code clip_caption}: what a run made of its clips. */
public final class DecisionCatalog {
    private final JdbcClient jdbc;

    public DecisionCatalog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Replaces a run's decisions; to be called in a transaction. */
    public void replaceDecisions(String run, List<ClipDecision> decisions) {
        jdbc.sql("DELETE FROM clip_decision WHERE run_name = ?").param(run).update();
        for (ClipDecision decision : decisions) {
            jdbc.sql("""
                            INSERT INTO clip_decision (run_name, clip_id, kept, reason, detail, weight, held_out, finetune,
                                composite, finetune_weight, review)
                            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                    .params(
                            run,
                            decision.clipId(),
                            decision.isKept(),
                            decision.reason(),
                            decision.detail(),
                            decision.weight(),
                            decision.heldOut(),
                            decision.finetune(),
                            decision.choice().composite(),
                            decision.choice().weight(),
                            decision.choice().review())
                    .update();
        }
    }

    /** A run's decisions ordered by clip id. */
    public List<ClipDecision> decisions(String run) {
        return jdbc.sql("SELECT * FROM clip_decision WHERE run_name = ? ORDER BY clip_id")
                .param(run)
                .query((rs, row) -> new ClipDecision(
                        rs.getString("clip_id"),
                        rs.getString("reason"),
                        rs.getString("detail"),
                        rs.getDouble("weight"),
                        rs.getBoolean("held_out"),
                        rs.getBoolean("finetune"),
                        new FinetuneChoice(
                                rs.getDouble("composite"), rs.getDouble("finetune_weight"), rs.getString("review"))))
                .list();
    }

    /** Replaces a run's duplicate pairs; to be called in a transaction. */
    public void replaceDuplicates(String run, List<DuplicatePair> pairs) {
        jdbc.sql("DELETE FROM clip_duplicate WHERE run_name = ?").param(run).update();
        for (DuplicatePair pair : pairs) {
            jdbc.sql("INSERT INTO clip_duplicate (run_name, clip_id, other_id, distance) VALUES (?, ?, ?, ?)")
                    .params(run, pair.clipId(), pair.otherId(), pair.distance())
                    .update();
        }
    }

    /** A run's duplicate pairs ordered by ids. */
    public List<DuplicatePair> duplicates(String run) {
        return jdbc.sql("SELECT * FROM clip_duplicate WHERE run_name = ? ORDER BY clip_id, other_id")
                .param(run)
                .query((rs, row) ->
                        new DuplicatePair(rs.getString("clip_id"), rs.getString("other_id"), rs.getDouble("distance")))
                .list();
    }

    /** Adds or replaces captions. */
    public void putCaptions(String run, List<ClipCaption> captions) {
        for (ClipCaption caption : captions) {
            jdbc.sql("""
                            INSERT INTO clip_caption (run_name, clip_id, caption, origin, tags) VALUES (?, ?, ?, ?, ?)
                            ON CONFLICT ON CONSTRAINT clip_caption_pk DO UPDATE SET
                                caption = EXCLUDED.caption, origin = EXCLUDED.origin, tags = EXCLUDED.tags""")
                    .params(
                            run,
                            caption.clipId(),
                            caption.caption(),
                            caption.origin(),
                            String.join(" ", caption.tags()))
                    .update();
        }
    }

    /** A run's captions ordered by clip id. */
    public List<ClipCaption> captions(String run) {
        return jdbc.sql("SELECT * FROM clip_caption WHERE run_name = ? ORDER BY clip_id")
                .param(run)
                .query((rs, row) -> new ClipCaption(
                        rs.getString("clip_id"),
                        rs.getString("caption"),
                        rs.getString("origin"),
                        rs.getString("tags").isEmpty()
                                ? List.of()
                                : List.of(rs.getString("tags").split(" "))))
                .list();
    }
}
