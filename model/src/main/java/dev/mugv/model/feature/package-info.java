/**
 * What pictures and videos are, as a network sees them: ports for encoders and scorers, TorchScript files behind them, and a network
 * with random weights where no file is given; and how far two sets of features lie apart.
 *
 * <p>Knows frames and tensors, not where videos come from. Start at {@link dev.mugv.model.feature.PictureEncoder}.
 */
@NullMarked
package dev.mugv.model.feature;

import org.jspecify.annotations.NullMarked;
