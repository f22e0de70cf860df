/**
 * Ports of the numeric operations, each with its Java reference beside it.
 *
 * <p>Knows neither the model nor files nor the engine. Start at {@link dev.mugv.kernels.CounterNoise}.
 */
@NullMarked
package dev.mugv.kernels;

import org.jspecify.annotations.NullMarked;
