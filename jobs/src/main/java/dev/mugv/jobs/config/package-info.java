/**
 * Reads the configuration file: YAML text to checked records, with every fault of the file at once.
 *
 * <p>Knows no command and no job. Start at {@link dev.mugv.jobs.config.ConfigurationFile}.
 */
@NullMarked
package dev.mugv.jobs.config;

import org.jspecify.annotations.NullMarked;
