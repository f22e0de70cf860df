/**
 * Runs of numbers in host or device memory, as operations take them.
 *
 * <p>Must not know operations or CUDA: an address is a number here. Start at {@link dev.mugv.kernels.memory.Elements}.
 */
@NullMarked
package dev.mugv.kernels.memory;

import org.jspecify.annotations.NullMarked;
