/**
 * What a person reads when a pipeline has ended: the HTML report and the summary on the terminal.
 *
 * <p>Knows neither the database nor the workspace's layout: it is given a {@link dev.mugv.steps.report.ReportContent}
 * and turns it into text and one folder. Start at {@link dev.mugv.steps.report.ReportFolder}, then
 * {@link dev.mugv.steps.report.HtmlReport}.
 */
@NullMarked
package dev.mugv.steps.report;

import org.jspecify.annotations.NullMarked;
