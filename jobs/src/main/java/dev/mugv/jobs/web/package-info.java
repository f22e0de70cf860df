/**
 * {@code mugv serve}: what is known of runs, as pages that a browser shows without an outside network.
 *
 * <p>Reads the database and the workspace's artifacts, and changes neither; knows neither the command line nor how work is done. A
 * page is a method of a {@code *Pages} class, which asks a query and hands the answer to a {@code *View}, which makes HTML of it.
 * Start at {@link dev.mugv.jobs.web.WebServer}, then {@link dev.mugv.jobs.web.RequestGuard} and {@link
 * dev.mugv.jobs.web.RunPages}.
 */
@NullMarked
package dev.mugv.jobs.web;

import org.jspecify.annotations.NullMarked;
