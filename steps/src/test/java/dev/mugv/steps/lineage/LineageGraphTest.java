package dev.mugv.steps.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

class LineageGraphTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final SingleConnectionDataSource source = new SingleConnectionDataSource(
            postgres.address().url(),
            postgres.address().user(),
            postgres.address().password(),
            true);
    private final JdbcClient jdbc = JdbcClient.create(source);
    private final TransactionTemplate transactions = new TransactionTemplate(new DataSourceTransactionManager(source));
    private final LineageGraph graph = new LineageGraph(jdbc);
    private final LineageReader reader = new LineageReader(jdbc);

    @Test
    void theTablesOfKindsAndRolesAreThoseOfTheEnums() {
        assertThat(jdbc.sql("SELECT kind || ' ' || name FROM lineage_kind")
                        .query(String.class)
                        .set())
                .isEqualTo(Arrays.stream(NodeKind.values())
                        .map(kind -> kind.code() + " " + kind.label())
                        .collect(Collectors.toSet()));
        assertThat(jdbc.sql("SELECT role || ' ' || name || ' ' || circumstance FROM lineage_role")
                        .query(String.class)
                        .set())
                .isEqualTo(Arrays.stream(EdgeRole.values())
                        .map(role -> role.code() + " " + role.label() + " "
                                + (role.standing() == EdgeRole.Standing.CIRCUMSTANCE))
                        .collect(Collectors.toSet()));
    }

    @Test
    void everyColumnOfTheGraphHasAComment() {
        assertThat(jdbc.sql("""
                                SELECT table_name || '.' || column_name FROM information_schema.columns
                                WHERE table_name LIKE 'lineage\\_%' AND col_description(
                                    (table_schema || '.' || table_name)::regclass, ordinal_position) IS NULL""").query(String.class).list()).isEmpty();
    }

    @Test
    void whatIsRecordedIsFoundInBothDirectionsWithDepthRoleAndMaker() {
        NodeKey attempt = key(NodeKind.ATTEMPT, "walk-attempt");
        record(
                // In any order: parents are found.
                node(NodeKind.LATENT, "walk-latent")
                        .from(EdgeRole.ENCODED_FROM, key(NodeKind.CLIP, "walk-clip"))
                        .madeBy(Optional.of(attempt))
                        .fact("bytes", 12)
                        .build(),
                node(NodeKind.CLIP, "walk-clip")
                        .from(EdgeRole.CUT_FROM, key(NodeKind.VIDEO, "walk-video"))
                        .build(),
                node(NodeKind.ATTEMPT, "walk-attempt").build(),
                node(NodeKind.VIDEO, "walk-video").name("walk.mp4").build());

        LineageNode latent = found("walk-latent");
        LineageWalk up = reader.walk(latent, Direction.UP, OptionalInt.empty());
        assertThat(up.nodes().stream()
                        .map(step -> step.depth() + " " + step.node().key()))
                .containsExactly("1 attempt:walk-attempt", "1 clip:walk-clip", "2 video:walk-video");
        assertThat(up.isWhole()).isTrue();
        assertThat(up.byKind()).isEqualTo(Map.of(NodeKind.CLIP, 1L, NodeKind.VIDEO, 1L, NodeKind.ATTEMPT, 1L));
        assertThat(up.edges()).hasSize(3);
        assertThat(up.edges().stream().filter(edge -> edge.childId() == latent.id()))
                .allSatisfy(edge -> assertThat(edge.makerId())
                        .hasValue(found("walk-attempt").id()));
        assertThat(reader.walk(latent, Direction.UP, OptionalInt.of(1)).nodes()).hasSize(2);
        assertThat(reader.walk(found("walk.mp4"), Direction.DOWN, OptionalInt.empty()).nodes().stream()
                        .map(step -> step.node().key().identity()))
                .containsExactly("walk-clip", "walk-latent");
        assertThat(reader.facts(latent).path("bytes").asInt()).isEqualTo(12);
    }

    @Test
    void recordingTheSameAgainChangesNothingAndSpendsNoIds() {
        NewNode video = node(NodeKind.VIDEO, "again-video").build();
        NewNode clip = node(NodeKind.CLIP, "again-clip")
                .from(EdgeRole.CUT_FROM, video.key())
                .madeBy(Optional.empty())
                .build();
        record(video, clip);
        long before = nextId();

        record(clip, video);
        record(node(NodeKind.CLIP, "again-clip")
                .from(EdgeRole.CUT_FROM, video.key())
                .name("another word")
                .build());

        assertThat(nextId()).isEqualTo(before + 1);
        assertThat(reader.resolve("another word")).isInstanceOf(Resolution.Found.class);
        assertThat(reader.parents(found("again-clip"))).hasSize(1);
    }

    @Test
    void aSecondAttemptAtTheSameThingIsNoContradictionButAnotherParentIs() {
        record(
                node(NodeKind.VIDEO, "other-1").build(),
                node(NodeKind.VIDEO, "other-2").build(),
                node(NodeKind.ATTEMPT, "other-attempt").build(),
                node(NodeKind.CLIP, "other-clip")
                        .from(EdgeRole.CUT_FROM, key(NodeKind.VIDEO, "other-1"))
                        .build());

        record(node(NodeKind.CLIP, "other-clip")
                .from(EdgeRole.CUT_FROM, key(NodeKind.VIDEO, "other-1"))
                .madeBy(Optional.of(key(NodeKind.ATTEMPT, "other-attempt")))
                .build());
        assertThat(reader.parents(found("other-clip"))).hasSize(1);
        assertThatThrownBy(() -> record(node(NodeKind.CLIP, "other-clip")
                        .from(EdgeRole.CUT_FROM, key(NodeKind.VIDEO, "other-2"))
                        .build()))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("Cannot record the lineage of clip:other-clip: it is offered as cut-from video:other-2,"
                        + " which is not among what it was recorded as made from. Report this.");
    }

    @Test
    void aCycleIsRefusedWhereverItIsClosed() {
        record(
                node(NodeKind.CHECKPOINT, "cycle-1").build(),
                node(NodeKind.CHECKPOINT, "cycle-2")
                        .from(EdgeRole.INITIAL, key(NodeKind.CHECKPOINT, "cycle-1"))
                        .build(),
                node(NodeKind.CHECKPOINT, "cycle-3")
                        .from(EdgeRole.INITIAL, key(NodeKind.CHECKPOINT, "cycle-2"))
                        .build());
        long before = count();

        assertThatThrownBy(() -> record(node(NodeKind.CHECKPOINT, "cycle-1")
                        .from(EdgeRole.INITIAL, key(NodeKind.CHECKPOINT, "cycle-3"))
                        .build()))
                .hasMessage(
                        "Cannot record the lineage of checkpoint:cycle-1: it is offered as initial checkpoint:cycle-3,"
                                + " which was itself made from it: a cycle. Report this.");
        assertThatThrownBy(() -> record(
                        node(NodeKind.CHECKPOINT, "cycle-4")
                                .from(EdgeRole.INITIAL, key(NodeKind.CHECKPOINT, "cycle-5"))
                                .build(),
                        node(NodeKind.CHECKPOINT, "cycle-5")
                                .from(EdgeRole.INITIAL, key(NodeKind.CHECKPOINT, "cycle-4"))
                                .build()))
                .hasMessageContaining(
                        "expected an order of making, found a cycle among checkpoint:cycle-4, checkpoint:cycle-5");
        assertThatThrownBy(() -> record(node(NodeKind.CHECKPOINT, "cycle-6")
                        .from(EdgeRole.INITIAL, key(NodeKind.CHECKPOINT, "nowhere"))
                        .build()))
                .hasMessageContaining("its parent checkpoint:nowhere is not recorded");
        assertThat(count()).isEqualTo(before);
    }

    @Test
    void theDatabaseItselfRefusesCyclesLateEdgesChangesAndLooseEnds() {
        record(
                node(NodeKind.VIDEO, "raw-1").build(),
                node(NodeKind.VIDEO, "raw-2").build());
        long first = found("raw-1").id();
        long second = found("raw-2").id();

        refused("lineage_edge_order_ck", "INSERT INTO lineage_edge VALUES (%d, %d, 1)".formatted(first, second));
        refused("gets no further parent", "INSERT INTO lineage_edge VALUES (%d, %d, 1)".formatted(second, first));
        refused("leads to nothing", "INSERT INTO lineage_edge VALUES (%d, -1, 1)".formatted(second));
        for (String table : List.of(
                "lineage_node",
                "lineage_name",
                "lineage_document",
                "lineage_edge",
                "lineage_closure",
                "lineage_kind",
                "lineage_role")) {
            refused("lineage is only added to", "DELETE FROM " + table);
            refused("lineage is only added to", "TRUNCATE " + table + " CASCADE");
        }
        refused("lineage is only added to", "UPDATE lineage_node SET label = 'x'");
    }

    @Test
    void aBeginningFindsItsNodeWhereItIsUniqueAndListsThemWhereItIsNot() {
        record(
                node(NodeKind.CLIP, "beef0001").build(),
                node(NodeKind.CLIP, "beef0002").build(),
                node(NodeKind.LATENT, "beef0003").name("a word").build());

        assertThat(found("beef0001").key()).isEqualTo(key(NodeKind.CLIP, "beef0001"));
        assertThat(found("latent:beef").key().identity()).isEqualTo("beef0003");
        assertThat(found("a wo").key().identity()).isEqualTo("beef0003");
        assertThat(reader.resolve("beef")).isInstanceOfSatisfying(Resolution.Ambiguous.class, several -> {
            assertThat(several.total()).isEqualTo(3);
            assertThat(several.candidates().stream().map(node -> node.key().identity()))
                    .containsExactly("beef0001", "beef0002", "beef0003");
        });
        assertThat(reader.resolve("bee%")).isInstanceOf(Resolution.Unknown.class);
        assertThat(reader.resolve("")).isInstanceOf(Resolution.Unknown.class);
    }

    @Test
    void documentsAreKeptUnderTheirHash() {
        NewNode list =
                NewNode.ofDocument(NodeKind.MANIFEST, "[\"clip\"]", "clips").build();
        record(list);

        LineageNode node = reader.find(list.key()).orElseThrow();
        assertThat(reader.document(node)).contains("[\"clip\"]");
        assertThat(node.key().identity()).hasSize(64);
    }

    @Test
    void countsOfManyAncestorsAreThoseOfAWalkThroughEverything() {
        Random random = new Random(5);
        List<NewNode> nodes = new ArrayList<>();
        IntStream.range(0, 9000)
                .forEach(i -> nodes.add(node(NodeKind.CLIP, "many-clip-" + i).build()));
        for (int manifest = 0; manifest < 12; manifest++) {
            NewNode.Builder builder = node(NodeKind.MANIFEST, "many-manifest-" + manifest);
            random.ints(1500, 0, 9000)
                    .distinct()
                    .forEach(i -> builder.from(EdgeRole.CONTAINS, key(NodeKind.CLIP, "many-clip-" + i)));
            nodes.add(builder.build());
        }
        for (int update = 0; update < 12; update++) {
            NewNode.Builder builder = node(NodeKind.CHECKPOINT, "many-checkpoint-" + update)
                    .from(EdgeRole.TRAINED_ON, key(NodeKind.MANIFEST, "many-manifest-" + update));
            if (update > 0) {
                builder.from(EdgeRole.PREVIOUS, key(NodeKind.CHECKPOINT, "many-checkpoint-" + random.nextInt(update)));
                builder.from(EdgeRole.INITIAL, key(NodeKind.CHECKPOINT, "many-checkpoint-" + (update - 1)));
            }
            nodes.add(builder.build());
        }
        record(nodes.toArray(NewNode[]::new));

        for (String name : List.of("many-manifest-3", "many-checkpoint-0", "many-checkpoint-5", "many-checkpoint-11")) {
            LineageNode node = found(name);
            assertThat(new Closures(jdbc).count(node.id())).as(name).isEqualTo(plainCount(node));
        }
        LineageNode clip = found("many-clip-17");
        assertThat(reader.walk(clip, Direction.DOWN, OptionalInt.empty()).total())
                .isEqualTo(jdbc.sql("""
                                WITH RECURSIVE w(id) AS (SELECT ?::bigint UNION SELECT child_id FROM w JOIN lineage_edge ON parent_id = id)
                                SELECT count(*) - 1 FROM w""").param(clip.id()).query(Long.class).single());
    }

    @Test
    void ofAnAnswerThatIsTooLargeThereIsTheNearestPageAndTheCount() {
        List<NewNode> nodes = new ArrayList<>();
        nodes.add(node(NodeKind.CONFIGURATION, "large-root").build());
        NewNode.Builder all = node(NodeKind.MANIFEST, "large-all");
        for (int i = 0; i < LineageReader.WHOLE; i++) {
            nodes.add(node(NodeKind.CLIP, "large-" + i)
                    .from(EdgeRole.INPUT, key(NodeKind.CONFIGURATION, "large-root"))
                    .build());
            all.from(EdgeRole.CONTAINS, key(NodeKind.CLIP, "large-" + i));
        }
        nodes.add(all.build());
        record(nodes.toArray(NewNode[]::new));

        LineageWalk down = reader.walk(found("large-root"), Direction.DOWN, OptionalInt.empty());
        LineageWalk up = reader.walk(found("large-all"), Direction.UP, OptionalInt.empty());
        LineageWalk near = reader.walk(found("large-root"), Direction.DOWN, OptionalInt.of(1));
        assertThat(List.of(down.total(), up.total(), near.total())).containsExactly(10_001L, 10_001L, 10_000L);
        assertThat(down.nodes()).hasSize(LineageReader.FIRST_PAGE).allMatch(step -> step.depth() == 1);
        assertThat(up.nodes()).hasSize(LineageReader.FIRST_PAGE).allMatch(step -> step.depth() == 1);
        assertThat(near.isWhole()).isTrue();
        assertThat(down.byKind()).isEqualTo(Map.of(NodeKind.CLIP, 10_000L, NodeKind.MANIFEST, 1L));
    }

    private long plainCount(LineageNode node) {
        return jdbc.sql("""
                        WITH RECURSIVE w(id) AS (SELECT ?::bigint UNION SELECT parent_id FROM w JOIN lineage_edge ON child_id = id)
                        SELECT count(*) - 1 FROM w""").param(node.id()).query(Long.class).single();
    }

    private void refused(String reason, String sql) {
        assertThatThrownBy(() -> jdbc.sql(sql).update())
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining(reason);
    }

    private void record(NewNode... nodes) {
        transactions.executeWithoutResult(status -> graph.record(List.of(nodes)));
    }

    private LineageNode found(String word) {
        assertThat(reader.resolve(word)).as(word).isInstanceOf(Resolution.Found.class);
        return ((Resolution.Found) reader.resolve(word)).node();
    }

    private long nextId() {
        record(node(
                        NodeKind.CHECK,
                        "check-"
                                + jdbc.sql("SELECT count(*) FROM lineage_node")
                                        .query(Long.class)
                                        .single())
                .build());
        return jdbc.sql("SELECT max(node_id) FROM lineage_node")
                .query(Long.class)
                .single();
    }

    private long count() {
        return jdbc.sql("SELECT count(*) FROM lineage_node").query(Long.class).single();
    }

    private static NewNode.Builder node(NodeKind kind, String identity) {
        return NewNode.of(kind, identity, identity);
    }

    private static NodeKey key(NodeKind kind, String identity) {
        return new NodeKey(kind, identity);
    }
}
