/**
 * Heavy work as a Spring Batch step: plan, submit exactly once, decide by three witnesses, record.
 *
 * <p>Knows neither what the work is about nor which executor runs it. Start at
 * {@link dev.mugv.steps.work.WorkPlanner} and {@link dev.mugv.steps.work.WorkRecorder}.
 */
@NullMarked
package dev.mugv.steps.work;

import org.jspecify.annotations.NullMarked;
