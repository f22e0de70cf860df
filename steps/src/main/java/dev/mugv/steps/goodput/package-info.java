/**
 * Where the hours of a run's attempts went: queued, starting, productive, saving, lost. Reads ledger and files, writes
 * nothing. Start at {@link dev.mugv.steps.goodput.GoodputQuery}; {@link dev.mugv.steps.goodput.RunHours} defines the parts.
 */
@NullMarked
package dev.mugv.steps.goodput;

import org.jspecify.annotations.NullMarked;
