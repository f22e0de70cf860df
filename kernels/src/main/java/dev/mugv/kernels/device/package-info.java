/**
 * On what kernels compute, as a value; and its refusal.
 *
 * <p>Must not know how it is done. Start at {@link dev.mugv.kernels.device.Device}.
 */
@NullMarked
package dev.mugv.kernels.device;

import org.jspecify.annotations.NullMarked;
