package dev.mugv.steps.retention;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What must stay in a workspace, and what may go. What the stages of any run consist of now, what was exported, what is
 * pinned and what open attempts read stays, and so does everything that it was made from, however far back.
 *
 * @param kept artifacts that stay, with the reason
 * @param young artifacts that nothing needs, but that are younger than asked for
 * @param removable artifacts that may go, descendants before what they were made from
 */
public record RetentionPlan(
        Map<StoredArtifact, Reason> kept, List<StoredArtifact> young, List<StoredArtifact> removable) {
    /** Why an artifact stays. */
    public enum Reason {
        /** A stage of a run consists of it. */
        CURRENT,
        PINNED,
        EXPORTED,
        /** An attempt that has no verdict yet makes or reads it. */
        IN_WORK,
        /** Something that stays was made from it. */
        ANCESTOR
    }

    /**
     * Looks at a workspace.
     *
     * @param notAfter only what was published before may go
     */
    public static RetentionPlan of(JdbcClient jdbc, Path workspace, Instant notAfter) {
        List<StoredArtifact> stored = new StoredArtifacts(workspace).all();
        Map<String, StoredArtifact> byKey = new HashMap<>();
        stored.forEach(artifact -> byKey.put(artifact.ref().key(), artifact));
        Map<String, Reason> reasons = roots(jdbc, workspace);
        addAncestors(reasons, byKey);

        Map<StoredArtifact, Reason> kept = new LinkedHashMap<>();
        List<StoredArtifact> young = new ArrayList<>();
        List<StoredArtifact> removable = new ArrayList<>();
        for (StoredArtifact artifact : stored) {
            Reason reason = reasons.get(artifact.ref().key());
            if (reason != null) {
                kept.put(artifact, reason);
            } else if (artifact.publishedAt().isAfter(notAfter)) {
                young.add(artifact);
            } else {
                removable.add(artifact);
            }
        }
        // What a young one was made from stays with it: it would be an artifact whose origin nobody can look at.
        Map<String, Reason> ofYoung = new HashMap<>();
        young.forEach(artifact -> ofYoung.put(artifact.ref().key(), Reason.ANCESTOR));
        addAncestors(ofYoung, byKey);
        removable.removeIf(artifact -> {
            boolean needed = ofYoung.containsKey(artifact.ref().key());
            if (needed) {
                kept.put(artifact, Reason.ANCESTOR);
            }
            return needed;
        });
        return new RetentionPlan(kept, List.copyOf(young), descendantsFirst(removable));
    }

    /** Bytes that removal sets free. */
    public long bytes() {
        return removable.stream().mapToLong(StoredArtifact::bytes).sum();
    }

    private static Map<String, Reason> roots(JdbcClient jdbc, Path workspace) {
        Map<String, Reason> reasons = new HashMap<>();
        keys(jdbc, "SELECT artifact_key FROM stage_artifact").forEach(key -> reasons.put(key, Reason.CURRENT));
        keys(jdbc, "SELECT artifact_key FROM pinned_artifact").forEach(key -> reasons.put(key, Reason.PINNED));
        keys(jdbc, "SELECT subject FROM audit_event WHERE kind = 'EXPORTED'")
                .forEach(key -> reasons.putIfAbsent(key, Reason.EXPORTED));
        jdbc.sql("SELECT artifact_key, token, logical_index FROM attempt WHERE state = 'OPEN'")
                .query((row, number) -> {
                    reasons.putIfAbsent(row.getString(1), Reason.IN_WORK);
                    Path order = AttemptFolder.of(workspace, row.getString(2), row.getInt(3))
                            .order();
                    if (Files.exists(order)) {
                        Json.read(order, WorkOrder.class)
                                .inputs()
                                .forEach(input -> reasons.putIfAbsent(input.key(), Reason.IN_WORK));
                    }
                    return order;
                })
                .list();
        return reasons;
    }

    private static List<String> keys(JdbcClient jdbc, String sql) {
        return jdbc.sql(sql).query(String.class).list();
    }

    private static void addAncestors(Map<String, Reason> reasons, Map<String, StoredArtifact> byKey) {
        Deque<String> open = new ArrayDeque<>(reasons.keySet());
        while (!open.isEmpty()) {
            StoredArtifact artifact = byKey.get(open.remove());
            if (artifact != null) {
                for (ArtifactRef input : artifact.inputs()) {
                    if (reasons.putIfAbsent(input.key(), Reason.ANCESTOR) == null) {
                        open.add(input.key());
                    }
                }
            }
        }
    }

    /** So that a removal that is interrupted leaves nothing whose origin is gone. */
    private static List<StoredArtifact> descendantsFirst(Collection<StoredArtifact> removable) {
        List<StoredArtifact> left = new ArrayList<>(removable);
        List<StoredArtifact> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            Set<String> inputs = new HashSet<>();
            left.forEach(artifact -> artifact.inputs().forEach(input -> inputs.add(input.key())));
            List<StoredArtifact> leaves = left.stream()
                    .filter(artifact -> !inputs.contains(artifact.ref().key()))
                    .toList();
            ordered.addAll(leaves.isEmpty() ? left : leaves);
            left.removeAll(leaves.isEmpty() ? List.copyOf(left) : leaves);
        }
        return List.copyOf(ordered);
    }
}
