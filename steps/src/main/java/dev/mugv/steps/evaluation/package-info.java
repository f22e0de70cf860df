/**
 * Evaluation as the controller sees it: which checkpoints are evaluated on what, and what the report shows of a run.
 *
 * <p>Measures nothing. Start at {@link dev.mugv.steps.evaluation.EvaluateModelPlanner} and
 * {@link dev.mugv.steps.evaluation.ReportAssembly}.
 */
@NullMarked
package dev.mugv.steps.evaluation;

import org.jspecify.annotations.NullMarked;
