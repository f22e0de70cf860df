/**
 * The operations on a GPU: the kernels of {@code src/main/cuda}, reached through JCuda's binding of the CUDA driver.
 *
 * <p>Only the driver's library is needed at run time, no toolkit. {@link dev.mugv.kernels.cuda.CudaProbe} finds out whether it can be used
 * and touches JCuda only after that: a driver without a function that JCuda calls would end the JVM. The primary context is the
 * engine's own, and streams are ordered with the engine's default stream, so an address of a tensor can be given to an operation and
 * memory of an arena to the engine.
 *
 * <p>Start at {@link dev.mugv.kernels.cuda.CudaDevice}.
 */
@NullMarked
package dev.mugv.kernels.cuda;

import org.jspecify.annotations.NullMarked;
