/**
 * Heavy work as a Spring Batch step: plan, submit exactly once, decide by three witnesses, record.
 *
 * <p>Knows neither what the work is about nor which executor runs it. Stages bring a
 * {@link dev.mugv.steps.work.WorkPlanner} and a {@link dev.mugv.steps.work.WorkRecorder}; to learn how it works, start at
 * {@link dev.mugv.steps.work.WorkEngine}, then SubmissionProtocol, AttemptJudge and
 * {@link dev.mugv.steps.work.Verdict}.
 */
@NullMarked
package dev.mugv.steps.work;

import org.jspecify.annotations.NullMarked;
