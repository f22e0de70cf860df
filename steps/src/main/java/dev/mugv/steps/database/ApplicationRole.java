package dev.mugv.steps.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the application's role may do: read and write rows, but only add to append-only tables (those with a trigger that
 * executes a function {@code refuse_...}), and only read what functions of the owner write.
 */
public final class ApplicationRole {
    private static final String READ_ONLY = "{audit_event,audit_chain,flyway_schema_history}";

    /** One statement a table whose rights are not what they should be, and one for every function of the owner's. */
    private static final String STATEMENTS = """
            WITH ours AS MATERIALIZED (
              SELECT c.oid, c.oid::regclass::text AS name,
                     CASE WHEN c.relname = ANY (?::text[]) THEN '{SELECT}'
                          WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                                       WHERE t.tgrelid = c.oid AND starts_with(p.proname::text, 'refuse_')) THEN '{SELECT,INSERT}'
                          ELSE '{SELECT,INSERT,UPDATE,DELETE}' END::text[] AS wanted
              FROM pg_class c
              WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p'))
            SELECT format('REVOKE ALL ON %s FROM %I; GRANT %s ON %s TO %I', name, ?::text,
                          array_to_string(wanted, ', '), name, ?::text)
            FROM ours
            WHERE EXISTS (SELECT FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
                            AS right_(name)
                          WHERE has_table_privilege(?::text, ours.oid, right_.name) <> (right_.name = ANY (wanted)))
            UNION ALL
            SELECT format('GRANT USAGE ON SEQUENCE %s TO %I', c.oid::regclass, ?::text)
            FROM pg_class c
            WHERE c.relnamespace = current_schema()::regnamespace
              AND CASE c.relkind WHEN 'S' THEN NOT has_sequence_privilege(?::text, c.oid, 'USAGE') ELSE false END
            UNION ALL
            SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', p.oid::regprocedure, ?::text)
            FROM pg_proc p
            WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = 'append_audit_event'
              AND NOT has_function_privilege(?::text, p.oid, 'EXECUTE')
            UNION ALL
            SELECT format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), ?::text)
            WHERE NOT has_schema_privilege(?::text, current_schema(), 'USAGE')""";

    private static final int ROLE_PARAMETERS = 9;

    private ApplicationRole() {}

    /** Makes the role, or gives it this password where it is there already; by a superuser. */
    static void create(Connection superuser, String role, String password) throws SQLException {
        String statement;
        try (PreparedStatement select = superuser.prepareStatement("""
                SELECT format(CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = ?) THEN 'ALTER' ELSE 'CREATE' END
                    || ' ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD %L', ?::text, ?::text)""")) {
            select.setString(1, role);
            select.setString(2, role);
            select.setString(3, password);
            statement = single(select);
        }
        try (Statement create = superuser.createStatement()) {
            create.execute(statement);
        }
    }

    /** Brings the role's rights to what they should be; by the tables' owner. Costs one query where they are. */
    static void grant(Connection owner, String role) throws SQLException {
        boolean autoCommit = owner.getAutoCommit();
        owner.setAutoCommit(false);
        try (Statement statement = owner.createStatement()) {
            // Two that grant the same at once would stop each other with "tuple concurrently updated".
            statement.execute("SELECT pg_advisory_xact_lock(hashtextextended('mugv grants', 0))");
            for (String each : statements(owner, role)) {
                statement.execute(each);
            }
            owner.commit();
        } catch (SQLException e) {
            owner.rollback();
            throw e;
        } finally {
            owner.setAutoCommit(autoCommit);
        }
    }

    /** What the session's role could change though nobody may; empty for a role of the application. */
    public static Optional<String> power(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT CASE
                  WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN current_user || ' is a superuser'
                  WHEN pg_has_role(current_user, c.relowner, 'USAGE') THEN current_user || ' owns the tables'
                  WHEN has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
                    THEN current_user || ' has the right to write table audit_event' ELSE '' END
                FROM pg_class c WHERE c.oid = 'audit_event'::regclass""")) {
            return Optional.of(single(select)).filter(power -> !power.isEmpty());
        }
    }

    private static List<String> statements(Connection owner, String role) throws SQLException {
        List<String> statements = new ArrayList<>();
        try (PreparedStatement select = owner.prepareStatement(STATEMENTS)) {
            select.setString(1, READ_ONLY);
            for (int i = 0; i < ROLE_PARAMETERS; i++) {
                select.setString(2 + i, role);
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    statements.add(rows.getString(1));
                }
            }
        }
        return statements;
    }

    private static String single(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }
}
