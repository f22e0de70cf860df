package dev.mugv.steps.database;

import java.util.Optional;

/**
 * The two roles of a database: one that works and one that owns. What the first may not do, nobody does by accident or in its
 * name: change or remove rows of append-only tables, or the tables themselves.
 *
 * @param application what everything is done under
 * @param owner owns the tables and migrates them; absent where another person has that role
 */
public record DatabaseRoles(DatabaseAddress application, Optional<DatabaseAddress> owner) {}
