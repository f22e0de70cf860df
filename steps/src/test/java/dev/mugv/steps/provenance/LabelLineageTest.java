package dev.mugv.steps.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.labels.Agreement;
import dev.mugv.steps.labels.GivenLabel;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelEvidence;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class LabelLineageTest {
    private static final ArtifactRef SAMPLES =
            new ArtifactRef(TaskKind.GENERATE_PREFERENCES, "1".repeat(64), "2".repeat(64));
    private static final LabelLineage.LabelsFile FILE =
            new LabelLineage.LabelsFile("3".repeat(64), "Majority of 3 people an item");

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final DataSource source = postgres.dataSource();
    private final JdbcClient jdbc = JdbcClient.create(source);
    private final LineageReader reader = new LineageReader(jdbc);

    private void record(PreferenceLabels labels, LabelLineage.LabelsFile file, LabelEvidence evidence) {
        new TransactionTemplate(new JdbcTransactionManager(source))
                .executeWithoutResult(
                        status -> new LabelLineage(jdbc).record(labels, file, evidence, List.of(SAMPLES)));
    }

    @BeforeEach
    void recordSamples() {
        NewNode.Builder artifact =
                NewNode.of(NodeKind.SAMPLES, PublishedWork.key(SAMPLES).identity(), "samples");
        List<NewNode> nodes = new java.util.ArrayList<>();
        for (String sample : List.of("s1", "s2")) {
            NewNode node =
                    NewNode.of(NodeKind.SAMPLE, "sample-" + sample, sample).build();
            nodes.add(node);
            artifact.from(EdgeRole.CONTAINS, node.key());
        }
        nodes.add(artifact.build());
        new TransactionTemplate(new JdbcTransactionManager(source))
                .executeWithoutResult(status -> new LineageGraph(jdbc).record(nodes));
    }

    private static PreferenceLabels labels(String givenBy) {
        return new PreferenceLabels(
                List.of(new PreferenceLabels.Pair("people-s1-s2", "s1", "s2")),
                List.of(),
                new TreeMap<>(Map.of("people-s1-s2", givenBy)));
    }

    private static LabelEvidence evidence(String annotator, Instant at) {
        LabelBatch batch = LabelBatch.of("cats", LabelKind.PAIRWISE, "pairs", 1, 1);
        GivenLabel label = new GivenLabel(
                "0123456789abcdef",
                annotator,
                new TreeMap<>(Map.of("aesthetics", "first", "motion", "first", "errors", "tie")),
                "page",
                at);
        return new LabelEvidence(
                Map.of("people-s1-s2", List.of(label)), List.of(Agreement.of(batch, List.of(), List.of(label))));
    }

    private LineageNode label(LineageNode file) {
        List<Long> parts = reader.parents(file).stream()
                .filter(edge -> edge.role() == EdgeRole.CONTAINS)
                .map(LineageEdge::parentId)
                .toList();
        return reader.nodes(parts).get(0);
    }

    @Test
    void whoSaidWhatAndWhenStandsWithTheLabelAndHowFarTheyAgreedWithTheFile() {
        record(labels("ann:winner"), FILE, evidence("ann", Instant.parse("2026-11-30T12:00:00Z")));
        NodeKey key = LabelLineage.key(FILE.sha256(), List.of(PublishedWork.key(SAMPLES)));
        LineageNode file = reader.find(key).orElseThrow();
        assertThat(file.label()).isEqualTo("Majority of 3 people an item");
        assertThat(reader.facts(file).toString()).contains("agreement", "pairwise", "aesthetics");
        LineageNode label = label(file);
        assertThat(reader.facts(label).toString())
                .contains("ann", "2026-11-30T12:00:00Z", "0123456789abcdef", "aesthetics", "first");
        assertThat(reader.parents(label)).hasSize(2).allMatch(edge -> edge.role() == EdgeRole.JUDGES);

        // The same said at another time is the same label; it was first given when it was used.
        record(labels("ann:winner"), FILE, evidence("ann", Instant.parse("2026-12-01T12:00:00Z")));
        assertThat(reader.facts(label(reader.find(key).orElseThrow())).toString())
                .contains("2026-11-30T12:00:00Z");
    }

    @Test
    void theSameVerdictOfSomebodyElseIsAnotherLabel() {
        record(labels("ann:winner"), FILE, evidence("ann", Instant.parse("2026-11-30T12:00:00Z")));
        LabelLineage.LabelsFile other = new LabelLineage.LabelsFile("4".repeat(64), FILE.origin());
        record(labels("bob:winner"), other, evidence("bob", Instant.parse("2026-11-30T12:00:00Z")));
        NodeKey first = LabelLineage.key(FILE.sha256(), List.of(PublishedWork.key(SAMPLES)));
        NodeKey second = LabelLineage.key(other.sha256(), List.of(PublishedWork.key(SAMPLES)));
        assertThat(label(reader.find(first).orElseThrow()).key())
                .isNotEqualTo(label(reader.find(second).orElseThrow()).key());
    }
}
