package dev.mugv.kernels.cuda;

import dev.mugv.kernels.device.Device;
import dev.mugv.kernels.device.UnusableDeviceException;
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

/** A GPU with the kernels of this build. */
public final class CudaDevice implements KernelDevice {
    private final Device device;
    private final CudaContext context;
    private final CudaModule module;

    private CudaDevice(Device device, CudaContext context, CudaModule module) {
        this.device = device;
        this.context = context;
        this.module = module;
    }

    /**
     * Opens a GPU.
     *
     * @throws UnusableDeviceException if this build has no kernels for it, or there is no such GPU
     */
    public static CudaDevice open(Device device) {
        if (device.kind() != Device.Kind.CUDA) {
            throw new IllegalArgumentException("expected a GPU, found " + device);
        }
        CudaImages images = CudaImages.ofThisBuild();
        if (images.names().isEmpty()) {
            // Refused before a driver is looked for: what is missing here no driver mends.
            images.nameFor(0, device);
        }
        CudaContext context = CudaContext.open(device);
        try {
            return new CudaDevice(device, context, new CudaModule(context, images, device));
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    @Override
    public Device device() {
        return device;
    }

    /** Whether this is the stand-in of the tests, whose results are no GPU's. */
    public boolean isEmulated() {
        return context.gpu().isEmulated();
    }

    @Override
    public String description() {
        return "%s, compute capability %d.%d, driver for CUDA %d.%d, kernels %s"
                .formatted(
                        context.gpu().name(),
                        context.gpu().capability() / 10,
                        context.gpu().capability() % 10,
                        context.driver() / 1000,
                        context.driver() % 1000 / 10,
                        module.image());
    }

    @Override
    public ElementArena newArena() {
        return new CudaArena(context);
    }

    /** A clock of the GPU's own, for work asked for between two events. */
    public CudaStopwatch newStopwatch() {
        return new CudaStopwatch(context);
    }

    @Override
    public void synchronize() {
        context.synchronize();
    }

    @Override
    public GatedResidual gatedResidual() {
        return new CudaGatedResidual(context, module);
    }

    @Override
    public ModulatedNorm modulatedNorm() {
        return new CudaModulatedNorm(context, module);
    }

    @Override
    public RotaryNorm rotaryNorm() {
        return new CudaRotaryNorm(context, module);
    }

    @Override
    public BiasedGelu biasedGelu() {
        return new CudaBiasedGelu(context, module);
    }

    @Override
    public FlowNoising flowNoising() {
        return new CudaFlowNoising(module);
    }

    @Override
    public BucketOptimizer bucketOptimizer() {
        return new CudaBucketOptimizer(context, module);
    }

    @Override
    public FixedOrderSum fixedOrderSum() {
        return new CudaFixedOrderSum(context, module);
    }

    @Override
    public TensorHashing tensorHashing() {
        return new CudaTensorHashing(module);
    }

    @Override
    public void close() {
        module.close();
        context.close();
    }
}
