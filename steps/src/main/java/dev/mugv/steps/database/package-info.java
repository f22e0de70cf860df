/**
 * The controller's database: an embedded PostgreSQL server of our own launching, or a server elsewhere, and its schema.
 *
 * <p>Knows neither jobs nor what the tables mean. Start at {@link dev.mugv.steps.database.SchemaMigration} and
 * {@link dev.mugv.steps.database.ZonkyPostgres}; who may do what stands in {@link
 * dev.mugv.steps.database.ApplicationRole}.
 */
@NullMarked
package dev.mugv.steps.database;

import org.jspecify.annotations.NullMarked;
