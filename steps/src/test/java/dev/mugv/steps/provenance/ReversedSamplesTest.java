package dev.mugv.steps.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.format.PreferenceSamples.Sample;
import dev.mugv.model.format.ReverseSampleOrder.Item;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.retention.WrittenArtifact;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.node.JsonNodeFactory;

/** What the graph knows of pairs that a model made by reverse sampling. */
class ReversedSamplesTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static final String CLIP = "a".repeat(16);
    private static final VideoShape SHAPE = new VideoShape(64, 64, 16, 8);

    @TempDir
    Path workspace;

    private final DataSource source = postgres.dataSource();
    private final JdbcClient jdbc = JdbcClient.create(source);
    private final TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(source));
    private final LineageReader reader = new LineageReader(jdbc);

    @Test
    void whatCameBackIsOfTheModelAndTheRealOneOfNone() {
        ArtifactRef model = WrittenArtifact.write(workspace, TaskKind.TRAIN_MODEL, "model", Map.of("m", "m"));
        ArtifactRef shard = WrittenArtifact.write(workspace, TaskKind.ENCODE_LATENTS, "shard", Map.of("s", "s"));
        Item item = new Item(CLIP, "a red boat", 1);
        ArtifactRef pairs = WrittenArtifact.write(
                workspace,
                TaskKind.REVERSE_SAMPLE,
                "pairs",
                Map.of(
                        PreferenceSamples.FILE_NAME,
                        Json.text(new PreferenceSamples(List.of(sample(item.realId()), sample(item.reversedId()))))),
                List.of(model, shard));
        ArtifactLineage lineage = new ArtifactLineage(
                jdbc, new ArtifactStore(workspace), new ArtifactLineage.RunFacts("run", workspace, "{}"));
        PublishedWork work = new PublishedWork(
                "reverse-pairs",
                "reverse-pairs-0",
                pairs,
                JsonNodeFactory.instance.objectNode(),
                1,
                1,
                new ArtifactStore(workspace).open(pairs));
        assertThatThrownBy(() -> record(lineage, work))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("its input train-model " + model.key().substring(0, 16));
        transactions.executeWithoutResult(status -> new LineageGraph(jdbc)
                .record(List.of(
                        NewNode.of(NodeKind.CLIP, CLIP, CLIP).build(),
                        NewNode.of(NodeKind.CHECKPOINT, model.manifestSha256(), "model")
                                .build(),
                        NewNode.of(NodeKind.SHARD, shard.manifestSha256(), "shard")
                                .build())));
        record(lineage, work);
        // Again, as a resumed step does: the graph stays as it is.
        record(lineage, work);

        LineageNode samples = reader.find(work.key()).orElseThrow();
        assertThat(parents(samples, EdgeRole.INPUT))
                .containsExactlyInAnyOrder(
                        new NodeKey(NodeKind.CHECKPOINT, model.manifestSha256()),
                        new NodeKey(NodeKind.SHARD, shard.manifestSha256()));
        assertThat(parents(samples, EdgeRole.CONTAINS))
                .containsExactlyInAnyOrder(key(work, item.realId()), key(work, item.reversedId()));
        LineageNode real = reader.find(key(work, item.realId())).orElseThrow();
        LineageNode reversed = reader.find(key(work, item.reversedId())).orElseThrow();
        assertThat(parents(real, EdgeRole.GENERATED_BY)).isEmpty();
        assertThat(parents(reversed, EdgeRole.GENERATED_BY))
                .containsExactly(new NodeKey(NodeKind.CHECKPOINT, model.manifestSha256()));
        for (LineageNode sample : List.of(real, reversed)) {
            assertThat(parents(sample, EdgeRole.CONDITIONED_ON)).containsExactly(new NodeKey(NodeKind.CLIP, CLIP));
        }
    }

    private void record(ArtifactLineage lineage, PublishedWork work) {
        transactions.executeWithoutResult(status -> lineage.record(work));
    }

    private List<NodeKey> parents(LineageNode node, EdgeRole role) {
        List<Long> ids = reader.parents(node).stream()
                .filter(edge -> edge.role() == role)
                .map(LineageEdge::parentId)
                .toList();
        return reader.nodes(ids).stream().map(LineageNode::key).toList();
    }

    private static NodeKey key(PublishedWork work, String sample) {
        return new NodeKey(NodeKind.SAMPLE, DataNodes.sampleIdentity(work.key(), sample));
    }

    private static Sample sample(String id) {
        return new Sample(id, CLIP, 1, "a red boat", 7, SHAPE, Map.of("motion", 1.0), id);
    }
}
