package dev.mugv.bench;

import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.database.EmbeddedServerFolders;
import dev.mugv.steps.database.SchemaMigration;
import dev.mugv.steps.database.ZonkyPostgres;
import dev.mugv.steps.lineage.Direction;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.LineageWalk;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.lineage.SealVerification;
import dev.mugv.steps.provenance.Taint;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Loads a large lineage graph into an embedded PostgreSQL, and asks it what people ask.
 *
 * <pre>
 * LineageBench FOLDER load [NODES EDGES]    fills an empty database below FOLDER
 * LineageBench FOLDER ask [QUESTIONS]       of each kind, in a database that was filled
 * LineageBench FOLDER verify                computes every seal anew
 * LineageBench FOLDER stop                  ends the server
 * </pre>
 */
public final class LineageBench {
    private static final int WARM_UP = 20;

    private LineageBench() {}

    public static void main(String[] arguments) throws SQLException {
        Path folder = Path.of(arguments[0]);
        ZonkyPostgres server = new ZonkyPostgres(
                EmbeddedServerFolders.of(folder, System.getenv()).withHome(folder.resolve("server")));
        if (arguments[1].equals("stop")) {
            server.stop();
            return;
        }
        DatabaseAddress address = server.open();
        new SchemaMigration(address.dataSource()).migrate();
        try (Connection connection = address.connect()) {
            SingleConnectionDataSource source = new SingleConnectionDataSource(connection, true);
            switch (arguments[1]) {
                case "load" -> load(source, number(arguments, 2, 1_000_000), number(arguments, 3, 5_000_000));
                case "verify" -> verify(connection);
                case "ask" -> ask(JdbcClient.create(source), number(arguments, 2, 200));
                default ->
                    throw new IllegalArgumentException("expected load, ask, verify or stop, found " + arguments[1]);
            }
        }
    }

    private static int number(String[] arguments, int index, int otherwise) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
    }

    private static void load(SingleConnectionDataSource source, int nodes, int edges) {
        JdbcClient jdbc = JdbcClient.create(source);
        LineageGraph graph = new LineageGraph(jdbc);
        TransactionTemplate transactions = new TransactionTemplate(new DataSourceTransactionManager(source));
        long start = System.nanoTime();
        long[] made = new LineageGenerator(
                        batch -> transactions.executeWithoutResult(status -> graph.record(batch)), nodes, edges)
                .run();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "loaded %,d nodes and %,d edges in %.0f s: %,.0f edges/s%n",
                made[0],
                made[1],
                seconds,
                made[1] / seconds);
        // As the server's own housekeeping does some time after a load.
        jdbc.sql("VACUUM ANALYZE lineage_node").update();
        jdbc.sql("VACUUM ANALYZE lineage_edge").update();
        jdbc.sql("VACUUM ANALYZE lineage_closure").update();
        jdbc.sql("VACUUM ANALYZE lineage_seal").update();
        System.out.println("size: "
                + jdbc.sql("SELECT pg_size_pretty(pg_database_size(current_database()))")
                        .query(String.class)
                        .single());
    }

    private static void verify(Connection connection) throws SQLException {
        long start = System.nanoTime();
        SealVerification.Result result = new SealVerification(connection).verify();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%,d nodes compared with their seals in %.1f s, %d findings: %,.0f nodes/s%n",
                result.nodes(),
                seconds,
                result.findings().size() + result.more(),
                result.nodes() / seconds);
    }

    private static void ask(JdbcClient jdbc, int questions) {
        LineageReader reader = new LineageReader(jdbc);
        List<LineageNode> checkpoints = reader.ofKind(NodeKind.CHECKPOINT);
        List<Long> clips = jdbc.sql("SELECT node_id FROM lineage_node WHERE kind = ?")
                .param(NodeKind.CLIP.code())
                .query(Long.class)
                .list();
        Random random = new Random(7);
        List<LineageNode> asked = new ArrayList<>();
        List<LineageNode> askedClips = new ArrayList<>();
        for (int i = 0; i < questions; i++) {
            asked.add(checkpoints.get(random.nextInt(checkpoints.size())));
            askedClips.addAll(reader.nodes(List.of(clips.get(random.nextInt(clips.size())))));
        }
        measure("ancestors of a checkpoint", asked, node -> walk(reader, node, Direction.UP));
        measure("descendants of a checkpoint", asked, node -> walk(reader, node, Direction.DOWN));
        measure(
                "taint of a clip",
                askedClips,
                node -> Taint.of(reader, node, Taint.Counting.OF_SMALL_TRAININGS).byKind().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
        List<LineageNode> machines = reader.ofKind(NodeKind.NODE);
        measure(
                "taint of a node",
                machines.subList(0, Math.min(20, machines.size())),
                node -> Taint.of(reader, node, Taint.Counting.OF_SMALL_TRAININGS).byKind().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
        measure("descendants of the VideoVAE", reader.ofKind(NodeKind.VAE), node -> walk(reader, node, Direction.DOWN));
        System.out.println("an id to try: " + asked.get(0).key());
    }

    private static long walk(LineageReader reader, LineageNode node, Direction direction) {
        LineageWalk walk = reader.walk(node, direction, OptionalInt.empty());
        return walk.total();
    }

    private static void measure(String what, List<LineageNode> nodes, ToLongFunction<LineageNode> question) {
        List<Double> millis = new ArrayList<>();
        List<Long> answers = new ArrayList<>();
        for (int i = 0; i < Math.min(WARM_UP, nodes.size()); i++) {
            answers.add(question.applyAsLong(nodes.get(i)));
        }
        answers.clear();
        for (LineageNode node : nodes) {
            long start = System.nanoTime();
            answers.add(question.applyAsLong(node));
            millis.add((System.nanoTime() - start) / 1e6);
        }
        Collections.sort(millis);
        Collections.sort(answers);
        System.out.printf(
                Locale.ROOT,
                "%-28s %4d questions: p50 %6.1f ms, p95 %6.1f ms, max %6.1f ms; answers of %,d to %,d nodes%n",
                what,
                nodes.size(),
                percentile(millis, 0.5),
                percentile(millis, 0.95),
                millis.get(millis.size() - 1),
                answers.get(0),
                answers.get(answers.size() - 1));
    }

    private static double percentile(List<Double> sorted, double share) {
        return sorted.get(Math.min(sorted.size() - 1, (int) Math.ceil(share * sorted.size()) - 1));
    }
}
