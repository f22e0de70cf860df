/**
 * Which published artifacts may be removed and which must stay, and their removal with a row and an event. Start at {@link
 * dev.mugv.steps.retention.RetentionPlan}.
 */
@NullMarked
package dev.mugv.steps.retention;

import org.jspecify.annotations.NullMarked;
