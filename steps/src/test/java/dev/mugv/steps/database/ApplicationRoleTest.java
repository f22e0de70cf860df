package dev.mugv.steps.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.RoleSeparation;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationRoleTest {
    private static final String EVENT = "SELECT append_audit_event('STARTED', 'cats', 's', '{}', 'ann', 'host', 1)";

    @TempDir
    Path scratch;

    private EmbeddedServerFolders folders;

    @BeforeEach
    void chooseFolders() {
        folders = EmbeddedServerFolders.of(scratch, System.getenv()).withHome(scratch.resolve("server"));
    }

    @AfterEach
    void stopServer() {
        new ZonkyPostgres(folders).stop();
    }

    @Test
    void theApplicationAddsEventsAndCanDoNothingElseToThem() throws Exception {
        DatabaseRoles roles = prepared();
        try (Connection connection = roles.application().connect();
                Statement statement = connection.createStatement()) {
            statement.execute(EVENT);
            for (String forbidden : List.of(
                    "UPDATE audit_event SET os_user = 'bob'",
                    "DELETE FROM audit_event",
                    "TRUNCATE audit_event",
                    "DROP TABLE audit_event",
                    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
                    "DROP TRIGGER audit_event_append_only ON audit_event",
                    "SET session_replication_role = replica",
                    "INSERT INTO audit_event SELECT 2, kind, run_name, subject, detail, os_user, host, process,"
                            + " database_role, address, occurred_at, hash, hash FROM audit_event",
                    "UPDATE audit_chain SET events = 0",
                    "DELETE FROM audit_chain",
                    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                    "UPDATE flyway_schema_history SET success = false",
                    "DELETE FROM published_checkpoint",
                    "UPDATE removed_artifact SET bytes = 0",
                    "CREATE ROLE other SUPERUSER")) {
                assertThatThrownBy(() -> statement.execute(forbidden))
                        .as(forbidden)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                refused -> assertThat(refused.getSQLState()).isIn("42501", "42601"));
            }
            // What must work goes on working.
            statement.execute("INSERT INTO stop_request (run_name, workspace) VALUES ('cats', '/w')");
            statement.execute("UPDATE stop_request SET requested_at = now()");
            statement.execute("DELETE FROM stop_request");
            statement.execute("SELECT nextval('batch_job_instance_seq')");
        }
    }

    /** The names stand here: a table whose trigger is taken away is not left out with it. */
    @Test
    void theApplicationChangesAndRemovesNoRowOfLogLineageAndRegister() throws Exception {
        Map<String, String> columnByTable = Map.ofEntries(
                Map.entry("audit_event", "os_user"),
                Map.entry("audit_chain", "events"),
                Map.entry("lineage_node", "label"),
                Map.entry("lineage_edge", "role"),
                Map.entry("lineage_name", "name"),
                Map.entry("lineage_document", "content"),
                Map.entry("lineage_closure", "members"),
                Map.entry("lineage_seal", "seal"),
                Map.entry("lineage_kind", "name"),
                Map.entry("lineage_role", "name"),
                Map.entry("published_checkpoint", "workspace"),
                Map.entry("removed_artifact", "bytes"),
                Map.entry("annotator", "name"),
                Map.entry("annotator_credential", "hash"),
                Map.entry("label_batch", "name"),
                Map.entry("label_item", "batch_id"),
                Map.entry("label_subject", "method"),
                Map.entry("label", "answers"),
                Map.entry("label_withdrawal", "withdrawn_at"));
        DatabaseRoles roles = prepared();
        try (Connection connection = roles.application().connect();
                Statement statement = connection.createStatement()) {
            statement.execute(EVENT);
            statement.execute("INSERT INTO lineage_node (kind, identity, label) VALUES (1, 'x', 'film.mp4')");
            columnByTable.forEach((table, column) -> {
                for (String forbidden : List.of(
                        "UPDATE %s SET %s = %s".formatted(table, column, column),
                        "DELETE FROM " + table,
                        "TRUNCATE " + table,
                        "ALTER TABLE %s DISABLE TRIGGER ALL".formatted(table))) {
                    assertThatThrownBy(() -> statement.execute(forbidden))
                            .as(forbidden)
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
                }
            });
        }
        // Past the rights there is the table itself, which refuses its owner too.
        try (Connection connection = roles.owner().orElseThrow().connect();
                Statement statement = connection.createStatement()) {
            for (String table : columnByTable.keySet()) {
                if (!table.equals("audit_chain")) {
                    assertThatThrownBy(() -> statement.execute("DELETE FROM " + table))
                            .as(table)
                            .isInstanceOf(SQLException.class);
                }
            }
        }
    }

    @Test
    void aTemporaryTableOfTheCallerDoesNotStandInForTheLog() throws Exception {
        DatabaseRoles roles = prepared();
        try (Connection connection = roles.application().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE audit_event (LIKE audit_event)");
            statement.execute("CREATE TEMPORARY TABLE audit_chain (LIKE audit_chain)");
            statement.execute(EVENT);
        }
        try (Connection connection = roles.owner().orElseThrow().connect();
                Statement statement = connection.createStatement();
                var count = statement.executeQuery("SELECT count(*) FROM audit_event")) {
            count.next();
            assertThat(count.getInt(1)).isEqualTo(1);
        }
    }

    @Test
    void theOwnerTooIsRefusedByTheTableItself() throws Exception {
        DatabaseRoles roles = prepared();
        try (Connection connection = roles.owner().orElseThrow().connect();
                Statement statement = connection.createStatement()) {
            statement.execute(EVENT);
            for (String forbidden : List.of(
                    "UPDATE audit_event SET os_user = 'bob'", "DELETE FROM audit_event", "TRUNCATE audit_event")) {
                assertThatThrownBy(() -> statement.execute(forbidden))
                        .hasMessageContaining("rows of audit_event: they are append-only");
            }
        }
    }

    @Test
    void aWorkspaceOfAnOlderBuildGetsItsRoleAtTheNextStart() throws Exception {
        ZonkyPostgres postgres = new ZonkyPostgres(folders);
        DatabaseAddress owner = postgres.open();
        new SchemaMigration(owner.dataSource()).migrate();
        assertThat(postgres.runningForWork()).isEmpty();

        DatabaseRoles roles = new ZonkyPostgres(folders).openRoles();
        assertThat(new DatabasePreparation(roles, RoleSeparation.REQUIRED).prepare())
                .isEmpty();
        assertThat(roles.application().user()).isNotEqualTo(owner.user());
        assertThat(new ZonkyPostgres(folders).openRoles()).isEqualTo(roles);

        // A controller that was killed between making the role and noting its password.
        Files.delete(folders.applicationPasswordFile());
        new ZonkyPostgres(folders).openRoles().application().connect().close();
    }

    @Test
    void oneRoleForBothIsRefusedUnlessTheConfigurationAcceptsIt() {
        DatabaseAddress owner = new ZonkyPostgres(folders).open();
        DatabaseRoles one = new DatabaseRoles(owner, Optional.of(owner));
        assertThatThrownBy(() -> new DatabasePreparation(one, RoleSeparation.REQUIRED).prepare())
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining(
                        "expected a role that can neither change nor remove audit events, but mugv is a superuser")
                .hasMessageContaining("database.separation: waived");
        assertThat(new DatabasePreparation(one, RoleSeparation.WAIVED).prepare())
                .contains("mugv is a superuser");
    }

    @Test
    void withoutAnOwnerAnOldSchemaIsRefusedAndACurrentOneUsed() {
        DatabaseRoles roles = new ZonkyPostgres(folders).openRoles();
        DatabaseRoles alone = new DatabaseRoles(roles.application(), Optional.empty());
        assertThatThrownBy(() -> new DatabasePreparation(alone, RoleSeparation.REQUIRED).prepare())
                .hasMessageContaining("its owner is not named")
                .hasMessageContaining("'mugv db migrate'");
        new DatabasePreparation(roles, RoleSeparation.REQUIRED).migrate();
        assertThat(new DatabasePreparation(alone, RoleSeparation.REQUIRED).prepare())
                .isEmpty();
    }

    private DatabaseRoles prepared() {
        DatabaseRoles roles = new ZonkyPostgres(folders).openRoles();
        assertThat(new DatabasePreparation(roles, RoleSeparation.REQUIRED).prepare())
                .isEmpty();
        return roles;
    }
}
