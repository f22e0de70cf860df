package dev.mugv.steps.database;

import dev.mugv.model.config.RoleSeparation;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Brings a database to where work can begin: this build's schema, and a role that can change nothing that must stay. */
public final class DatabasePreparation {
    private final DatabaseRoles roles;
    private final RoleSeparation separation;

    public DatabasePreparation(DatabaseRoles roles, RoleSeparation separation) {
        this.roles = roles;
        this.separation = separation;
    }

    /**
     * Migrates as the owner where there is one, gives the application its rights, and looks at what it could do.
     *
     * @return what the application's role could change, where the configuration waives the separation
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when the schema is not this build's and nobody here
     *     may change it, or when the role has too many rights
     */
    public Optional<String> prepare() {
        migrate();
        Optional<String> power = power();
        if (power.isPresent() && separation == RoleSeparation.REQUIRED) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot use the database at %s: expected a role that can neither change nor remove audit events,"
                                    + " but %s. Name the role that owns the tables as database.owner and another, without"
                                    + " rights of its own, as database.user; or accept it with database.separation: waived.")
                            .formatted(roles.application().url(), power.get()));
        }
        return power;
    }

    /** Only the schema and the rights: what {@code mugv db migrate} does. */
    public void migrate() {
        if (roles.owner().isPresent()) {
            DatabaseAddress owner = roles.owner().get();
            new SchemaMigration(owner.dataSource()).migrate();
            grant(owner);
        } else if (!isCurrent()) {
            if (separation == RoleSeparation.REQUIRED) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        ("Cannot use the database at %s: expected the schema of this build, found another, and its owner"
                                        + " is not named. Name the role that owns the tables as database.owner, or have its"
                                        + " owner give 'mugv db migrate'.")
                                .formatted(roles.application().url()));
            }
            new SchemaMigration(roles.application().dataSource()).migrate();
        }
    }

    private boolean isCurrent() {
        try (Connection connection = roles.application().connect()) {
            BigInteger installed = SchemaMigration.installedVersion(connection);
            if (installed.compareTo(SchemaMigration.newestVersion()) > 0) {
                new SchemaMigration(roles.application().dataSource())
                        .migrate(); // which refuses a newer one, in its words
            }
            return installed.equals(SchemaMigration.newestVersion());
        } catch (SQLException e) {
            throw trouble(e);
        }
    }

    private void grant(DatabaseAddress owner) {
        if (owner.user().equals(roles.application().user())) {
            return;
        }
        try (Connection connection = owner.connect()) {
            ApplicationRole.grant(connection, roles.application().user());
        } catch (SQLException e) {
            throw trouble(e);
        }
    }

    private Optional<String> power() {
        try (Connection connection = roles.application().connect()) {
            return ApplicationRole.power(connection);
        } catch (SQLException e) {
            throw trouble(e);
        }
    }

    private WorkFailure trouble(SQLException e) {
        return new WorkFailure(
                FailureKind.TRANSIENT,
                "Cannot prepare the database at %s: %s. Give the roles the rights of the chapter 'Audit log' in the README, or try again."
                        .formatted(roles.application().url(), e.getMessage()),
                e);
    }
}
