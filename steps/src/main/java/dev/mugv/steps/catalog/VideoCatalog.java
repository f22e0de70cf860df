package dev.mugv.steps.catalog;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Table {@code source_video}: the files of a run's folder. */
public final class VideoCatalog {
    private final JdbcClient jdbc;

    public VideoCatalog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Replaces what is known of a run's folder; to be called in a transaction. */
    public void replace(String run, List<SourceVideo> videos) {
        jdbc.sql("DELETE FROM source_video WHERE run_name = ?").param(run).update();
        for (SourceVideo video : videos) {
            jdbc.sql("""
                            INSERT INTO source_video (run_name, path, sha256, bytes, source, licence, consent,
                                                      allowed_use, state, reason)
                            VALUES (?, ?, NULLIF(?, ''), ?, ?, ?, ?, ?, ?, ?)""")
                    .params(
                            run,
                            video.path(),
                            video.sha256().orElse(""),
                            video.bytes(),
                            video.screening().source(),
                            video.screening().licence(),
                            video.screening().consent(),
                            video.screening().allowedUse().name(),
                            video.state().name(),
                            video.reason())
                    .update();
        }
    }

    /** Marks an admitted video as not decodable, or notes what is damaged in one that goes on. */
    public void note(String run, String path, SourceVideo.State state, String reason) {
        jdbc.sql("UPDATE source_video SET state = ?, reason = ?, recorded_at = now() WHERE run_name = ? AND path = ?")
                .params(state.name(), reason, run, path)
                .update();
    }

    /** Videos that passed screening and could be read, in the order of their paths. */
    public List<SourceVideo> admitted(String run) {
        return all(run).stream()
                .filter(video -> video.state() == SourceVideo.State.ADMITTED)
                .toList();
    }

    /**
     * Videos that passed screening, whether or not they could be decoded at the last try: what curation is to look at.
     */
    public List<SourceVideo> usable(String run) {
        return all(run).stream()
                .filter(video ->
                        video.state() == SourceVideo.State.ADMITTED || video.state() == SourceVideo.State.DAMAGED)
                .toList();
    }

    /** Every file of the folder, in the order of the paths. */
    public List<SourceVideo> all(String run) {
        return jdbc.sql("SELECT * FROM source_video WHERE run_name = ? ORDER BY path COLLATE \"C\"")
                .param(run)
                .query((rs, row) -> new SourceVideo(
                        rs.getString("path"),
                        Optional.ofNullable(rs.getString("sha256")),
                        rs.getLong("bytes"),
                        new SourceVideo.Screening(
                                rs.getString("source"),
                                rs.getString("licence"),
                                rs.getString("consent"),
                                SourceVideo.AllowedUse.valueOf(rs.getString("allowed_use"))),
                        SourceVideo.State.valueOf(rs.getString("state")),
                        rs.getString("reason")))
                .list();
    }
}
