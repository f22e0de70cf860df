package dev.mugv.steps.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.WorkFailure;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SchemaMigrationTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.empty();

    @Test
    void migratesAnEmptyDatabaseThenRefusesItOnceItIsNewer() throws Exception {
        SchemaMigration migration = new SchemaMigration(postgres.dataSource());
        try (Connection connection = postgres.address().connect();
                Statement statement = connection.createStatement()) {
            assertThat(SchemaMigration.installedVersion(connection)).isEqualTo(BigInteger.ZERO);
            migration.migrate();
            migration.migrate();
            BigInteger installed = SchemaMigration.installedVersion(connection);
            assertThat(installed).isGreaterThanOrEqualTo(new BigInteger("202611221301"));

            statement.execute("""
                    INSERT INTO flyway_schema_history
                    SELECT installed_rank + 100, '209901010000', 'of a newer build', type, 'V209901010000__x.sql',
                           checksum, installed_by, installed_on, execution_time, success
                    FROM flyway_schema_history ORDER BY installed_rank DESC LIMIT 1
                    """);
            assertThatThrownBy(migration::migrate)
                    .isInstanceOf(WorkFailure.class)
                    .hasMessage(("Cannot use the database: expected a schema up to version %s, found version"
                                    + " 209901010000 of a newer mugv. Use the mugv that made it, or a newer one.")
                            .formatted(installed));
        }
    }

    @Test
    void aDatabaseThatIsDownIsNamedWithWhatToDo() {
        DatabaseAddress nobodyThere = new DatabaseAddress("jdbc:postgresql://127.0.0.1:1/postgres", "mugv", "");
        assertThatThrownBy(nobodyThere::connect)
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot connect to the database at jdbc:postgresql://127.0.0.1:1/postgres: ")
                .hasMessageEndingWith("Start it, or correct database.url.");
    }
}
