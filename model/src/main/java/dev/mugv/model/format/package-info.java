/**
 * What tasks take and what they publish: the parameters of work orders ({@code XxxOrder}) and the JSON files of artifacts,
 * as plain records that controller and workers both read.
 *
 * <p>Knows configuration and the contract of {@code model.run}; neither tensors nor media nor the engine. Start at {@link
 * dev.mugv.model.format.TrainModelOrder} and {@link dev.mugv.model.format.TrainingSummary}.
 */
@NullMarked
package dev.mugv.model.format;

import org.jspecify.annotations.NullMarked;
