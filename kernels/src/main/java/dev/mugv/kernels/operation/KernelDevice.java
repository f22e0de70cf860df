package dev.mugv.kernels.operation;

import dev.mugv.kernels.device.Device;

/**
 * A device with all operations. They are asked for in order and done in order; on a GPU they may be done later, and what went
 * wrong with one may be thrown by a later call. One object serves one thread at a time.
 */
public interface KernelDevice extends AutoCloseable {
    Device device();

    /** For a run's provenance, for example {@code Java reference}, or the GPU's name with driver and cubin. */
    String description();

    ElementArena newArena();

    /** Waits until all that was asked for is done. */
    void synchronize();

    GatedResidual gatedResidual();

    ModulatedNorm modulatedNorm();

    RotaryNorm rotaryNorm();

    BiasedGelu biasedGelu();

    FlowNoising flowNoising();

    BucketOptimizer bucketOptimizer();

    FixedOrderSum fixedOrderSum();

    TensorHashing tensorHashing();

    @Override
    void close();
}
