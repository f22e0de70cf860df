package dev.mugv.steps.catalog;

import dev.mugv.model.config.VideoShape;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Table {@code imported_clip}: what a run trains on that came as latents. */
public final class ImportedClipCatalog {
    private final JdbcClient jdbc;

    public ImportedClipCatalog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Replaces what is known of one shard and of those behind it; to be called for shard after shard, in a transaction.
     *
     * @param shard its place in the plan, from 0
     */
    public void replaceFrom(String run, int shard, List<ImportedClip> clips) {
        jdbc.sql("DELETE FROM imported_clip WHERE run_name = ? AND shard >= ?")
                .params(run, shard)
                .update();
        for (ImportedClip clip : clips) {
            jdbc.sql("""
                INSERT INTO imported_clip (run_name, clip_id, shard, latent_sha256, width, height, frames,
                                           frames_a_second, caption)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)\
                """)
                    .params(
                            run,
                            clip.clipId(),
                            shard,
                            clip.latentSha256(),
                            clip.shape().width(),
                            clip.shape().height(),
                            clip.shape().frames(),
                            clip.shape().fps(),
                            clip.caption())
                    .update();
        }
    }

    /** A run's clips by their names. */
    public List<ImportedClip> all(String run) {
        return jdbc.sql("SELECT * FROM imported_clip WHERE run_name = ? ORDER BY clip_id COLLATE \"C\"")
                .param(run)
                .query((rs, row) -> new ImportedClip(
                        rs.getString("clip_id"),
                        rs.getString("latent_sha256"),
                        new VideoShape(
                                rs.getInt("width"),
                                rs.getInt("height"),
                                rs.getInt("frames"),
                                rs.getDouble("frames_a_second")),
                        rs.getString("caption")))
                .list();
    }
}
