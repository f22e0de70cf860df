package dev.mugv.bench;

import dev.mugv.model.config.RoleSeparation;
import dev.mugv.model.run.Json;
import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.audit.ChainVerification;
import dev.mugv.steps.database.DatabasePreparation;
import dev.mugv.steps.database.DatabaseRoles;
import dev.mugv.steps.database.EmbeddedServerFolders;
import dev.mugv.steps.database.ZonkyPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * How fast the audit log is verified, and what an event adds to the transaction that it is committed with.
 *
 * <pre>ops/bench/bench AuditChainRate [events, 300000] [transactions, 400]</pre>
 */
public final class AuditChainRate {
    private static final int ROUNDS = 3;

    /** Within one transaction every event makes the row of the chain's end a little slower to find. */
    private static final int BATCH = 500;

    private AuditChainRate() {}

    public static void main(String[] arguments) throws Exception {
        int events = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 300_000;
        int transactions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 400;
        Path folder = Files.createTempDirectory("mugv-bench-audit");
        folder.toFile().setExecutable(true, false);
        ZonkyPostgres server = new ZonkyPostgres(
                EmbeddedServerFolders.of(folder, System.getenv()).withHome(folder.resolve("server")));
        try {
            DatabaseRoles roles = server.openRoles();
            new DatabasePreparation(roles, RoleSeparation.REQUIRED).prepare();
            append(roles, transactions);
            fill(roles, events);
            verify(roles);
        } finally {
            server.stop();
        }
    }

    /** The same small transaction with no, one and two events, in turns: as many as a start and a verdict have. */
    private static void append(DatabaseRoles roles, int transactions) {
        try (var pool = roles.application().pool(2)) {
            JdbcClient jdbc = JdbcClient.create(pool);
            TransactionTemplate template = new TransactionTemplate(new JdbcTransactionManager(pool));
            AuditLog log = new AuditLog(jdbc, template, Actor.ofThisProcess());
            jdbc.sql("INSERT INTO stop_request (run_name, workspace) VALUES ('bench', '/bench')")
                    .update();
            double[][] micros = new double[3][transactions];
            for (int i = 0; i < transactions; i++) {
                for (int count = 0; count < 3; count++) {
                    int appended = count;
                    long start = System.nanoTime();
                    template.executeWithoutResult(status -> {
                        jdbc.sql("UPDATE stop_request SET requested_at = now()").update();
                        for (int event = 0; event < appended; event++) {
                            log.append(AuditEvent.of(AuditKind.VERDICT, "bench", "token/0", detail()));
                        }
                    });
                    micros[count][i] = (System.nanoTime() - start) / 1e3;
                }
            }
            for (double[] each : micros) {
                Arrays.sort(each);
            }
            System.out.printf(
                    "transaction (median of %d): %.0f us without an event, %.0f us with one, %.0f us with two; one event adds %.0f us%n",
                    transactions,
                    micros[0][transactions / 2],
                    micros[1][transactions / 2],
                    micros[2][transactions / 2],
                    (micros[2][transactions / 2] - micros[0][transactions / 2]) / 2);
        }
    }

    private static Map<String, Object> detail() {
        return Map.of(
                "artifact-key", "a".repeat(64),
                "label", "videos/some-clip-of-a-video.mp4",
                "manifest-sha256", "b".repeat(64),
                "number", 1,
                "state", "SUCCEEDED",
                "step", "encode-latents",
                "task", "ENCODE_LATENTS");
    }

    private static void fill(DatabaseRoles roles, int events) throws Exception {
        String detail = Json.text(detail());
        long start = System.nanoTime();
        try (Connection connection = roles.application().connect();
                PreparedStatement append = connection.prepareStatement("""
                        SELECT count(append_audit_event('VERDICT', 'bench', md5(n::text) || '/' || n, ?, 'ann', 'login1', n))
                        FROM generate_series(1, ?) AS n""")) {
            for (int done = 0; done < events; done += BATCH) {
                append.setString(1, detail);
                append.setInt(2, Math.min(BATCH, events - done));
                append.execute();
            }
        }
        System.out.printf("filled with %d events, %.0f a second%n", events, events / seconds(start));
    }

    private static void verify(DatabaseRoles roles) throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            try (Connection connection = roles.application().connect()) {
                double processor = ProcessorTime.seconds();
                long start = System.nanoTime();
                ChainVerification.Result result = new ChainVerification(connection, List.of()).verify();
                double seconds = seconds(start);
                System.out.printf(
                        "verified %d events in %.2f s: %.0f a second, %.0f a second of this process's processor time, %s%n",
                        result.events(),
                        seconds,
                        result.events() / seconds,
                        result.events() / (ProcessorTime.seconds() - processor),
                        result.isSound() ? "sound" : "NOT SOUND");
            }
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
