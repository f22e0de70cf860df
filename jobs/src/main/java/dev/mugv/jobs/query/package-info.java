/**
 * Questions about runs that people ask and commands and pages answer: where they stand, what became of clips, which models there
 * are, what happened.
 *
 * <p>Reads the database and the workspace, and changes neither; knows neither the command line nor the pages. Start at {@link
 * dev.mugv.jobs.query.StatusQuery}.
 */
@NullMarked
package dev.mugv.jobs.query;

import org.jspecify.annotations.NullMarked;
