/**
 * Opens the device that was chosen.
 *
 * <p>Start at {@link dev.mugv.kernels.runtime.KernelDevices}.
 */
@NullMarked
package dev.mugv.kernels.runtime;

import org.jspecify.annotations.NullMarked;
