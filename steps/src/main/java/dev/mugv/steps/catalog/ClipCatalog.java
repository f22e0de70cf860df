package dev.mugv.steps.catalog;

import dev.mugv.model.format.EntryPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tables {@code clip}, {@code clip_score} and {@code rejected_piece}: what curation found in each video. */
public final class ClipCatalog {
    private final JdbcClient jdbc;

    public ClipCatalog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Replaces what is known of one video; to be called in a transaction. */
    public void replace(String videoSha256, String curationKey, List<CatalogedClip> clips, List<RejectedPiece> pieces) {
        List<String> known = jdbc.sql("SELECT clip_id FROM clip WHERE video_sha256 = ?")
                .param(videoSha256)
                .query(String.class)
                .list();
        List<String> kept = clips.stream().map(CatalogedClip::clipId).toList();
        known.stream()
                .filter(id -> !kept.contains(id))
                .forEach(id ->
                        jdbc.sql("DELETE FROM clip WHERE clip_id = ?").param(id).update());
        clips.forEach(clip -> upsert(clip, curationKey));
        jdbc.sql("DELETE FROM rejected_piece WHERE video_sha256 = ?")
                .param(videoSha256)
                .update();
        for (RejectedPiece piece : pieces) {
            jdbc.sql("INSERT INTO rejected_piece (video_sha256, first_frame, end_frame, reason) VALUES (?, ?, ?, ?)")
                    .params(piece.videoSha256(), piece.firstFrame(), piece.endFrame(), piece.reason())
                    .update();
        }
    }

    private void upsert(CatalogedClip clip, String curationKey) {
        jdbc.sql("""
                        INSERT INTO clip (clip_id, video_sha256, first_frame, end_frame, frames_a_second, width, height,
                                          entry_frame, entry_timestamp, curation_key)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT ON CONSTRAINT clip_pk DO UPDATE SET
                            frames_a_second = EXCLUDED.frames_a_second, width = EXCLUDED.width,
                            height = EXCLUDED.height, entry_frame = EXCLUDED.entry_frame,
                            entry_timestamp = EXCLUDED.entry_timestamp, curation_key = EXCLUDED.curation_key, recorded_at = now()""")
                .params(
                        clip.clipId(),
                        clip.videoSha256(),
                        clip.firstFrame(),
                        clip.endFrame(),
                        clip.fps(),
                        clip.width(),
                        clip.height(),
                        clip.entry().frame(),
                        clip.entry().timestamp(),
                        curationKey)
                .update();
        jdbc.sql("DELETE FROM clip_score WHERE clip_id = ?")
                .param(clip.clipId())
                .update();
        clip.scores()
                .forEach((name, value) -> jdbc.sql("INSERT INTO clip_score (clip_id, name, value) VALUES (?, ?, ?)")
                        .params(clip.clipId(), name, value)
                        .update());
    }

    /** Clips of the given videos with their scores, ordered by video and first frame. */
    public List<CatalogedClip> ofVideos(List<String> videoSha256s) {
        if (videoSha256s.isEmpty()) {
            return List.of();
        }
        Map<String, SortedMap<String, Double>> scores = new HashMap<>();
        jdbc.sql("""
                        SELECT s.clip_id, s.name, s.value FROM clip_score s JOIN clip c USING (clip_id)
                        WHERE c.video_sha256 IN (:videos)""").param("videos", videoSha256s).query(rs -> {
            scores.computeIfAbsent(rs.getString("clip_id"), id -> new TreeMap<>())
                    .put(rs.getString("name"), rs.getDouble("value"));
        });
        return new ArrayList<>(jdbc.sql(
                        "SELECT * FROM clip WHERE video_sha256 IN (:videos) ORDER BY video_sha256, first_frame")
                .param("videos", videoSha256s)
                .query((rs, row) -> new CatalogedClip(
                        rs.getString("clip_id"),
                        rs.getString("video_sha256"),
                        rs.getInt("first_frame"),
                        rs.getInt("end_frame"),
                        rs.getDouble("frames_a_second"),
                        rs.getInt("width"),
                        rs.getInt("height"),
                        new EntryPoint(rs.getInt("entry_frame"), rs.getLong("entry_timestamp")),
                        scores.getOrDefault(rs.getString("clip_id"), new TreeMap<>())))
                .list());
    }

    /** Pieces of the given videos that never became clips. */
    public List<RejectedPiece> rejectedPieces(List<String> videoSha256s) {
        if (videoSha256s.isEmpty()) {
            return List.of();
        }
        return jdbc.sql(
                        "SELECT * FROM rejected_piece WHERE video_sha256 IN (:videos) ORDER BY video_sha256, first_frame")
                .param("videos", videoSha256s)
                .query((rs, row) -> new RejectedPiece(
                        rs.getString("video_sha256"),
                        rs.getInt("first_frame"),
                        rs.getInt("end_frame"),
                        rs.getString("reason")))
                .list();
    }
}
