package dev.mugv.steps.provenance;

import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.labels.Agreement;
import dev.mugv.steps.labels.GivenLabel;
import dev.mugv.steps.labels.LabelEvidence;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Records which samples were judged, and how. */
public final class LabelLineage {
    private final LineageGraph graph;
    private final LineageReader reader;

    public LabelLineage(JdbcClient jdbc) {
        this.graph = new LineageGraph(jdbc);
        this.reader = new LineageReader(jdbc);
    }

    /**
     * A file of labels with the samples that it is about: the same words about other samples are other labels.
     *
     * @param csvSha256 hash of its content
     * @param samples artifacts of the samples
     */
    static NodeKey key(String csvSha256, Collection<NodeKey> samples) {
        List<String> about = samples.stream().map(NodeKey::identity).sorted().toList();
        return new NodeKey(NodeKind.LABELS, Sha256.of(Json.bytes(List.of(csvSha256, about))));
    }

    /**
     * Records labels; to be called in the transaction that notes them, after their samples were recorded.
     *
     * @param file what trainings read
     * @param evidence what labels of people rest on
     * @param artifacts the samples' artifacts
     */
    public void record(PreferenceLabels labels, LabelsFile file, LabelEvidence evidence, List<ArtifactRef> artifacts) {
        List<NodeKey> judged = artifacts.stream().map(PublishedWork::key).toList();
        Map<String, NodeKey> samples = samples(judged);
        List<NewNode> nodes = new ArrayList<>();
        for (PreferenceLabels.Pair pair : labels.pairs()) {
            nodes.add(judged(
                            label(
                                    labels,
                                    pair.labelId(),
                                    "%s over %s".formatted(pair.winner(), pair.loser()),
                                    List.of(sample(samples, pair.winner()), sample(samples, pair.loser()))),
                            evidence.of(pair.labelId()))
                    .build());
        }
        for (PreferenceLabels.Absolute absolute : labels.absolutes()) {
            nodes.add(judged(
                            label(
                                    labels,
                                    absolute.labelId(),
                                    "%s: %s".formatted(absolute.sample(), absolute.verdict()),
                                    List.of(sample(samples, absolute.sample()))),
                            evidence.of(absolute.labelId()))
                    .build());
        }
        NodeKey key = key(file.sha256(), judged);
        NewNode.Builder all = NewNode.of(NodeKind.LABELS, key.identity(), file.origin())
                .name(file.sha256())
                .fact("csv-sha256", file.sha256())
                .fact("pairs", labels.pairs().size())
                .fact("absolutes", labels.absolutes().size())
                .from(EdgeRole.INPUT, judged);
        if (!evidence.agreements().isEmpty()) {
            all.fact("agreement", agreement(evidence.agreements()));
        }
        nodes.forEach(label -> all.from(EdgeRole.CONTAINS, label.key()));
        nodes.add(all.build());
        graph.record(nodes);
    }

    /**
     * The file of a run's labels.
     *
     * @param sha256 hash of its content
     * @param origin where they come from, in words for people
     */
    public record LabelsFile(String sha256, String origin) {}

    /** Krippendorff's alpha by kind of questions and axis; without a number where it is not defined. */
    private static Map<String, Map<String, String>> agreement(List<Agreement> agreements) {
        Map<String, Map<String, String>> byKind = new TreeMap<>();
        agreements.forEach(agreement -> {
            Map<String, String> byAxis = new TreeMap<>();
            agreement.axes().forEach(axis -> byAxis.put(axis.axis(), axis.text()));
            byKind.put(agreement.batch().kind().label(), byAxis);
        });
        return byKind;
    }

    /** Who said what of it, and when. */
    private static NewNode.Builder judged(NewNode.Builder label, List<GivenLabel> given) {
        if (given.isEmpty()) {
            return label;
        }
        return label.fact(
                "given",
                given.stream()
                        .map(each -> new TreeMap<>(Map.of(
                                "item", each.itemId(),
                                "annotator", each.annotator(),
                                "answers", each.answers(),
                                "origin", each.origin(),
                                "given-at", each.givenAt().toString())))
                        .toList());
    }

    private static NewNode.Builder label(PreferenceLabels labels, String labelId, String says, List<NodeKey> samples) {
        List<String> recipe = new ArrayList<>(List.of(labelId, says));
        // What others said of it is another label; rules and files name nobody.
        Optional.ofNullable(labels.givenBy().get(labelId)).ifPresent(recipe::add);
        samples.forEach(sample -> recipe.add(sample.identity()));
        return NewNode.of(NodeKind.LABEL, Sha256.of(Json.bytes(recipe)), says)
                .name(labelId)
                .fact("label-id", labelId)
                .from(EdgeRole.JUDGES, samples.stream().distinct().toList());
    }

    private Map<String, NodeKey> samples(List<NodeKey> artifacts) {
        Map<String, NodeKey> samples = new HashMap<>();
        for (NodeKey artifact : artifacts) {
            LineageNode node = reader.find(artifact).orElseThrow();
            List<Long> parts = reader.parents(node).stream()
                    .filter(edge -> edge.role() == EdgeRole.CONTAINS)
                    .map(LineageEdge::parentId)
                    .toList();
            reader.nodes(parts).forEach(sample -> samples.put(sample.label(), sample.key()));
        }
        return samples;
    }

    private static NodeKey sample(Map<String, NodeKey> samples, String id) {
        return Objects.requireNonNull(samples.get(id), id);
    }
}
