/**
 * The label store: who labels, what is labelled, what was said, how far annotators agree and what the majority says.
 *
 * <p>Rows are only added; every one is told of by an audit event. Knows neither web pages nor what labels are used for. Start at
 * {@link dev.mugv.steps.labels.LabelKind} and {@link dev.mugv.steps.labels.LabelStore}.
 */
@NullMarked
package dev.mugv.steps.labels;

import org.jspecify.annotations.NullMarked;
