/**
 * Programs that stand in for people where the product shows itself.
 *
 * <p>Knows the annotation page from outside alone, by HTTP as a browser does; neither the label store nor what made the videos. Start at
 * {@link dev.mugv.jobs.demo.ScriptedAnnotator}.
 */
@NullMarked
package dev.mugv.jobs.demo;

import org.jspecify.annotations.NullMarked;
