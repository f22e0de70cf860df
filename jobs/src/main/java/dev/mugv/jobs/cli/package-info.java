/**
 * The {@code mugv} command: arguments, answers, exit codes, progress on the terminal.
 *
 * <p>Arguments are parsed before anything else is loaded. Commands that only look ask the database by plain JDBC; only
 * commands that start work open the Spring application. Start at {@link dev.mugv.jobs.cli.MugvMain}.
 */
@NullMarked
package dev.mugv.jobs.cli;

import org.jspecify.annotations.NullMarked;
