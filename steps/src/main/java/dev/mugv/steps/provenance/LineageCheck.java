package dev.mugv.steps.provenance;

import dev.mugv.model.run.OutputManifest;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.lineage.Direction;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Compares a finished run with the graph: whatever lies in its workspace is a node, no node stands alone, and every model leads
 * back to what was given.
 */
public final class LineageCheck {
    /** What is made from nothing that we know. */
    private static final Set<NodeKind> GIVEN = EnumSet.of(
            NodeKind.VIDEO,
            NodeKind.TEXT_ENCODER,
            NodeKind.GIVEN_FILE,
            NodeKind.PROMPT,
            NodeKind.CONFIGURATION,
            NodeKind.CODE_VERSION,
            NodeKind.ENVIRONMENT,
            NodeKind.NODE,
            NodeKind.SLURM_JOB);

    private static final List<NodeKind> MODELS =
            List.of(NodeKind.VAE, NodeKind.CHECKPOINT, NodeKind.MERGE, NodeKind.EVALUATION, NodeKind.SAMPLES);

    private final JdbcClient jdbc;
    private final LineageReader reader;
    private final Path workspace;
    private final List<String> faults = new ArrayList<>();
    private int looked;

    public LineageCheck(JdbcClient jdbc, Path workspace) {
        this.jdbc = jdbc;
        this.reader = new LineageReader(jdbc);
        this.workspace = workspace;
    }

    /**
     * What was found.
     *
     * @param looked files and nodes looked at
     * @param byKind how many nodes of each kind there are
     * @param faults what is not as it should be, in words for people
     */
    public record Result(int looked, SortedMap<String, Long> byKind, List<String> faults) {
        public Result {
            faults = List.copyOf(faults);
        }
    }

    /** Walks workspace and graph. */
    public Result run() {
        Set<String> recorded = new HashSet<>(jdbc.sql("SELECT identity FROM lineage_node")
                .query(String.class)
                .list());
        Set<String> named = new HashSet<>(
                jdbc.sql("SELECT name FROM lineage_name").query(String.class).list());
        for (Path manifest : files("artifacts", 2, OutputManifest.FILE_NAME)) {
            require(recorded, Sha256.ofFile(manifest), manifest.resolveSibling("."));
        }
        for (Path manifest : files("durable", 3, "manifest.json")) {
            require(recorded, Sha256.ofFile(manifest), manifest.resolveSibling("."));
        }
        // By the name of a link, not by what it leads to: that may have been moved.
        entries("given").forEach(link -> require(recorded, link.getFileName().toString(), link));
        entries("labels")
                .forEach(csv -> require(named, csv.getFileName().toString().replace(".csv", ""), csv));
        Path page = workspace.resolve("report").resolve("index.html");
        if (Files.exists(page)) {
            require(recorded, Sha256.ofFile(page), page);
        }
        orphans();
        roots();
        return new Result(looked, byKind(), faults);
    }

    private SortedMap<String, Long> byKind() {
        SortedMap<String, Long> byKind = new TreeMap<>();
        jdbc.sql("SELECT kind, count(*) AS nodes FROM lineage_node GROUP BY kind")
                .query(row -> {
                    byKind.put(NodeKind.ofCode(row.getInt("kind")).label(), row.getLong("nodes"));
                });
        return byKind;
    }

    private void require(Set<String> known, String word, Path place) {
        looked++;
        if (!known.contains(word)) {
            faults.add("'%s' is in no node".formatted(workspace.relativize(place.normalize())));
        }
    }

    /** Nodes that were made from nothing, and given things that led to nothing. */
    private void orphans() {
        for (NodeKind kind : NodeKind.values()) {
            boolean given = GIVEN.contains(kind);
            for (LineageNode node : reader.nodes(alone(kind, given ? "parent_id" : "child_id"))) {
                faults.add("%s '%s' stands alone: %s"
                        .formatted(node.key(), node.label(), given ? "nothing was made from it" : "made from nothing"));
            }
        }
        looked += jdbc.sql("SELECT count(*) FROM lineage_node")
                .query(Integer.class)
                .single();
    }

    private List<Long> alone(NodeKind kind, String end) {
        // Clips that came with imported latents have no video here.
        return jdbc.sql("""
                        SELECT node_id FROM lineage_node n WHERE kind = ? AND facts ->> 'origin' IS DISTINCT FROM 'imported'
                        AND NOT EXISTS (SELECT FROM lineage_edge e WHERE e.%s = n.node_id)""".formatted(end)).param(kind.code()).query(Long.class).list();
    }

    /** Every model leads back to a video or a given file, to code, and to the attempt that made it. */
    private void roots() {
        for (NodeKind kind : MODELS) {
            for (LineageNode node : reader.ofKind(kind)) {
                Set<NodeKind> found = EnumSet.noneOf(NodeKind.class);
                reader.influence(
                                node,
                                Direction.UP,
                                List.of(NodeKind.VIDEO, NodeKind.GIVEN_FILE, NodeKind.CODE_VERSION, NodeKind.ATTEMPT))
                        .forEach(ancestor -> found.add(ancestor.kind()));
                boolean source = found.contains(NodeKind.VIDEO) || found.contains(NodeKind.GIVEN_FILE);
                if (!source || !found.contains(NodeKind.CODE_VERSION) || !found.contains(NodeKind.ATTEMPT)) {
                    faults.add("%s '%s' leads back to %s only".formatted(node.key(), node.label(), found));
                }
            }
        }
    }

    private List<Path> files(String folder, int depth, String name) {
        Path root = workspace.resolve(folder);
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(root, depth + 1)) {
            return all.filter(path -> path.getFileName().toString().equals(name))
                    .filter(path -> root.relativize(path).getNameCount() == depth + 1)
                    .filter(path -> !path.toString().contains("pending")
                            && !path.toString().contains("damaged-"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> entries(String folder) {
        Path root = workspace.resolve(folder);
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(root)) {
            return all.filter(path -> !path.getFileName().toString().startsWith("pending"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
