/**
 * What pictures and videos are, as a network sees them: ports for encoders and scorers, TorchScript files behind them, and a network
 * with random weights where no file is given.
 *
 * <p>Knows frames and tensors, not what the features are compared for. Start at {@link dev.mugv.model.feature.PictureEncoder}.
 */
@NullMarked
package dev.mugv.model.feature;

import org.jspecify.annotations.NullMarked;
