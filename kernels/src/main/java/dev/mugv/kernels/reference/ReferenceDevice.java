package dev.mugv.kernels.reference;

import dev.mugv.kernels.device.Device;
import dev.mugv.kernels.operation.BiasedGelu;
import dev.mugv.kernels.operation.BucketOptimizer;
import dev.mugv.kernels.operation.ElementArena;
import dev.mugv.kernels.operation.FixedOrderSum;
import dev.mugv.kernels.operation.FlowNoising;
import dev.mugv.kernels.operation.GatedResidual;
import dev.mugv.kernels.operation.KernelDevice;
import dev.mugv.kernels.operation.ModulatedNorm;
import dev.mugv.kernels.operation.RotaryNorm;
import dev.mugv.kernels.operation.TensorHashing;

/**
 * The processor: everything is done when it is asked for. Optimizer and noising take the threads that they are given, everything
 * else the caller's alone.
 */
public final class ReferenceDevice implements KernelDevice {
    private final GatedResidual gatedResidual = new ReferenceGatedResidual();
    private final ModulatedNorm modulatedNorm = new ReferenceModulatedNorm();
    private final RotaryNorm rotaryNorm = new ReferenceRotaryNorm();
    private final BiasedGelu biasedGelu = new ReferenceBiasedGelu();
    private final Workers workers;
    private final FlowNoising flowNoising;
    private final BucketOptimizer bucketOptimizer;
    private final FixedOrderSum fixedOrderSum = new ReferenceFixedOrderSum();
    private final TensorHashing tensorHashing = new ReferenceTensorHashing();

    /**
     * The processor.
     *
     * @param threads at least 1; no result depends on it
     */
    public ReferenceDevice(int threads) {
        workers = new Workers(threads);
        flowNoising = new ReferenceFlowNoising(workers);
        bucketOptimizer = new ReferenceBucketOptimizer(workers);
    }

    @Override
    public Device device() {
        return Device.CPU;
    }

    @Override
    public String description() {
        return "Java reference";
    }

    @Override
    public ElementArena newArena() {
        return new HostArena();
    }

    @Override
    public void synchronize() {
        // Everything was done when it was asked for.
    }

    @Override
    public GatedResidual gatedResidual() {
        return gatedResidual;
    }

    @Override
    public ModulatedNorm modulatedNorm() {
        return modulatedNorm;
    }

    @Override
    public RotaryNorm rotaryNorm() {
        return rotaryNorm;
    }

    @Override
    public BiasedGelu biasedGelu() {
        return biasedGelu;
    }

    @Override
    public FlowNoising flowNoising() {
        return flowNoising;
    }

    @Override
    public BucketOptimizer bucketOptimizer() {
        return bucketOptimizer;
    }

    @Override
    public FixedOrderSum fixedOrderSum() {
        return fixedOrderSum;
    }

    @Override
    public TensorHashing tensorHashing() {
        return tensorHashing;
    }

    @Override
    public void close() {
        workers.close();
    }
}
