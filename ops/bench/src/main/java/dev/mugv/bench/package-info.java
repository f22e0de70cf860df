/**
 * Programs that measure the model on the machine they run on: times as ratios within one run, memory, and what must not
 * grow. {@code ops/bench/README.md} names every program with its command and its last figures.
 *
 * <p>Knows the model and its tests' fixtures; nothing knows this package, and it is no part of the distribution. Start at
 * {@link dev.mugv.bench.TransformerTiming}.
 */
@NullMarked
package dev.mugv.bench;

import org.jspecify.annotations.NullMarked;
