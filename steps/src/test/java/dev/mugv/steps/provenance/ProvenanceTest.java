package dev.mugv.steps.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.Json;
import dev.mugv.model.sampling.StageDraws;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Two videos of two clips each. Clip d of the second was never encoded at the trained shape. Two trainings of different seeds on
 * the same clips, the second from the first; the second video's clips are held out in neither.
 */
class ProvenanceTest {
    private static final VideoShape SHAPE = new VideoShape(64, 64, 16, 8);
    private static final List<WeightedClip> CLIPS = List.of(
            new WeightedClip("aaaa", 1),
            new WeightedClip("bbbb", 2),
            new WeightedClip("cccc", 0.01),
            new WeightedClip("dddd", 5));

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static JdbcClient jdbc;
    private static LineageReader reader;

    @BeforeAll
    static void record() {
        SingleConnectionDataSource source = new SingleConnectionDataSource(
                postgres.address().url(),
                postgres.address().user(),
                postgres.address().password(),
                true);
        jdbc = JdbcClient.create(source);
        reader = new LineageReader(jdbc);
        List<NewNode> nodes = new ArrayList<>();
        nodes.add(NewNode.of(NodeKind.VIDEO, "one", "one.mp4").name("one.mp4").build());
        nodes.add(NewNode.of(NodeKind.VIDEO, "two", "two.mp4").name("two.mp4").build());
        NewNode.Builder list = NewNode.ofDocument(NodeKind.MANIFEST, Json.text(CLIPS), "clips");
        NewNode.Builder heldOut = NewNode.ofDocument(NodeKind.MANIFEST, "[\"eeee\"]", "held-out clips");
        NewNode.Builder shard = artifact(NodeKind.SHARD, "shard", "encode-latents", "1");
        for (String clip : List.of("aaaa", "bbbb", "cccc", "dddd", "eeee")) {
            NodeKey key = new NodeKey(NodeKind.CLIP, clip);
            nodes.add(NewNode.of(NodeKind.CLIP, clip, clip)
                    .from(EdgeRole.CUT_FROM, new NodeKey(NodeKind.VIDEO, clip.compareTo("bbbb") > 0 ? "two" : "one"))
                    .build());
            String shape = clip.equals("dddd") ? SHAPE.image().label() : SHAPE.label();
            nodes.add(NewNode.of(NodeKind.LATENT, "latent-" + clip, clip)
                    .fact("clip", clip)
                    .fact("shape", shape)
                    .from(EdgeRole.ENCODED_FROM, key)
                    .build());
            shard.from(EdgeRole.CONTAINS, new NodeKey(NodeKind.LATENT, "latent-" + clip));
            (clip.equals("eeee") ? heldOut : list).from(EdgeRole.CONTAINS, key);
        }
        nodes.add(list.build());
        nodes.add(heldOut.build());
        nodes.add(shard.build());
        training(
                nodes,
                "first",
                3,
                Optional.empty(),
                list.build().key(),
                heldOut.build().key());
        training(
                nodes,
                "second",
                4,
                Optional.of("first"),
                list.build().key(),
                heldOut.build().key());
        new TransactionTemplate(new DataSourceTransactionManager(source))
                .executeWithoutResult(status -> new LineageGraph(jdbc).record(nodes));
    }

    private static void training(
            List<NewNode> nodes, String name, long seed, Optional<String> initial, NodeKey list, NodeKey heldOut) {
        NewNode.Builder recipe = NewNode.of(NodeKind.TRAINING, name, name)
                .fact("objective", new TrainModelOrder.FlowMatching(stage(seed), 0))
                .fact("threads", 2)
                .from(EdgeRole.INPUT, new NodeKey(NodeKind.SHARD, "shard"))
                .from(EdgeRole.TRAINED_ON, list)
                .from(EdgeRole.VALIDATED_ON, heldOut);
        initial.ifPresent(before -> recipe.from(EdgeRole.INITIAL, new NodeKey(NodeKind.CHECKPOINT, before + "-20")));
        nodes.add(recipe.build());
        NewNode attempt = NewNode.of(NodeKind.ATTEMPT, name + "/0", name)
                .fact(
                        "runs",
                        List.of(
                                run("2026-01-01T00:00:00Z", "2026-01-01T00:30:00Z"),
                                run("2026-01-01T01:00:00Z", "2026-01-01T01:15:00Z")))
                .build();
        nodes.add(attempt);
        for (long update : new long[] {5, 20}) {
            nodes.add(artifact(NodeKind.CHECKPOINT, name + "-" + update, name, name.equals("first") ? "2" : "3")
                    .fact("update", update)
                    .fact("threads", 2)
                    .fact("ranks", 4)
                    .fact("device", "cuda:0")
                    .from(EdgeRole.STATE_OF, new NodeKey(NodeKind.TRAINING, name))
                    .madeBy(Optional.of(attempt.key()))
                    .build());
        }
    }

    private static NewNode.Builder artifact(NodeKind kind, String identity, String step, String key) {
        return NewNode.of(kind, identity, step)
                .fact("task", kind == NodeKind.SHARD ? "encode-latents" : "train-model")
                .fact("artifact-key", key.repeat(64));
    }

    private static Map<String, String> run(String from, String to) {
        return Map.of("started-at", from, "ended-at", to);
    }

    private static TrainingStage stage(long seed) {
        return new TrainingStage(
                "stage",
                40,
                6,
                List.of(new ShapePhase(1, SHAPE)),
                0,
                0,
                0,
                CaptionDropout.NONE,
                new OptimizerConfiguration(1e-3, 1e-4, 1, 0.9, 0.99, 1e-8, 0, 1),
                5,
                seed,
                ComputePrecision.FP32);
    }

    @Test
    void drawsAreThoseOfTheTrainersOwnFunctionUpToTheCheckpoint() {
        StageDraws draws = new StageDraws(stage(3), CLIPS, (clip, shape) -> !clip.equals("dddd"));
        TreeMap<String, DrawnClips.Draws> expected = new TreeMap<>();
        for (long update = 1; update <= 5; update++) {
            for (int slot = 0; slot < 6; slot++) {
                String clip = draws.draw(update, slot).clipId();
                DrawnClips.Draws before = expected.getOrDefault(clip, new DrawnClips.Draws(0, update, update));
                expected.put(clip, new DrawnClips.Draws(before.draws() + 1, before.firstUpdate(), update));
            }
        }

        DrawnClips drawn = new DrawnClips(reader);
        DrawnClips.Position position =
                drawn.position(node(NodeKind.CHECKPOINT, "first-5")).orElseThrow();

        assertThat(drawn.slots(position)).isEqualTo(30);
        assertThat(drawn.drawn(position)).isEqualTo(expected).doesNotContainKey("dddd");
    }

    @Test
    void ofATrainingThatEndedBeforeItsLastPlannedUpdateNoMoreIsDrawnThanItMade() {
        DrawnClips drawn = new DrawnClips(reader);
        DrawnClips.Position position =
                drawn.position(node(NodeKind.TRAINING, "first")).orElseThrow();
        assertThat(position.updates()).isEqualTo(20);
        assertThat(drawn.drawn(position))
                .isEqualTo(drawn.drawn(
                        drawn.position(node(NodeKind.CHECKPOINT, "first-20")).orElseThrow()));
    }

    @Test
    void taintSaysWhatIsTouchedAndHowOftenTheClipsWereDrawn() {
        Taint one = Taint.of(reader, node(NodeKind.VIDEO, "one"), Taint.Counting.OF_ALL);
        Taint unencoded = Taint.of(reader, node(NodeKind.CLIP, "dddd"), Taint.Counting.OF_ALL);

        assertThat(one.byKind())
                .containsEntry(NodeKind.LATENT, 2L)
                .containsEntry(NodeKind.TRAINING, 2L)
                .containsEntry(NodeKind.CHECKPOINT, 4L);
        assertThat(one.results()).hasSize(6);
        assertThat(draws(one, "first-5").orElseThrow()
                        + draws(taint("cccc"), "first-5").orElseThrow())
                .isEqualTo(30);
        assertThat(draws(one, "second-20").orElseThrow())
                .isGreaterThan(draws(one, "second-5").orElseThrow());
        assertThat(draws(unencoded, "first-20")).hasValue(0);
    }

    @Test
    void whatATrainingWasOnlyValidatedOnDoesNotTouchItsWeights() {
        assertThat(reader.influence(
                        reader.find(heldOut()).orElseThrow(),
                        dev.mugv.steps.lineage.Direction.DOWN,
                        List.of(NodeKind.TRAINING, NodeKind.CHECKPOINT)))
                .isEmpty();
        assertThat(reader.children(reader.find(heldOut()).orElseThrow())).hasSize(2);
    }

    @Test
    void forgettingAVideoNamesWhatToDeleteAndWhatItTookToMake() {
        RemovalPlan plan = RemovalPlan.of(reader, node(NodeKind.VIDEO, "two"), Path.of("/ws"));

        assertThat(plan.delete().stream().map(deletion -> deletion.path().toString()))
                .contains(
                        "/ws/videos/two",
                        "/ws/artifacts/encode-latents/1111111111111111",
                        "/ws/artifacts/train-model/2222222222222222",
                        "/ws/durable/train-model/3333333333333333");
        // Each of the two trainings ran for 45 minutes, on 4 ranks of 2 threads and a device; both of its checkpoints
        // count once.
        assertThat(plan.total().wallClock()).hasMinutes(90);
        assertThat(plan.total().coreHours()).isCloseTo(12, within(1e-9));
        assertThat(plan.total().gpuHours()).isCloseTo(6, within(1e-9));
    }

    @Test
    void aDiffOfTwoCheckpointsNamesSeedUpdateAndParent() {
        CheckpointDiff diff =
                CheckpointDiff.of(reader, node(NodeKind.CHECKPOINT, "first-5"), node(NodeKind.CHECKPOINT, "second-20"));

        assertThat(diff.chapters().get("recipe"))
                .contains(
                        new CheckpointDiff.Difference("objective.stage.seed", "3", "4"),
                        new CheckpointDiff.Difference("update", "5", "20"));
        assertThat(diff.chapters().get("parents"))
                .containsExactly(new CheckpointDiff.Difference("initial first", "", "first-20"));
        assertThat(diff.chapters().get("data")).isEmpty();
    }

    private static NodeKey heldOut() {
        return NewNode.ofDocument(NodeKind.MANIFEST, "[\"eeee\"]", "").build().key();
    }

    private static OptionalLong draws(Taint taint, String checkpoint) {
        return taint.results().stream()
                .filter(result -> result.node().key().identity().equals(checkpoint))
                .findFirst()
                .orElseThrow()
                .draws();
    }

    private static Taint taint(String clip) {
        return Taint.of(reader, node(NodeKind.CLIP, clip), Taint.Counting.OF_ALL);
    }

    private static LineageNode node(NodeKind kind, String identity) {
        return reader.find(new NodeKey(kind, identity)).orElseThrow();
    }
}
