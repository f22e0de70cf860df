package dev.mugv.model.train;

import dev.mugv.kernels.cuda.CudaProbe;
import dev.mugv.kernels.cuda.CudaProbe.Finding;
import dev.mugv.kernels.cuda.CudaProbe.Gpu;
import dev.mugv.kernels.device.Device;
import dev.mugv.model.config.DeviceKind;
import dev.mugv.model.run.CommunicatorKind;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import java.util.List;

/**
 * What a rank of a training computes on. There is no falling back: who asked for a GPU gets one or is told why not.
 *
 * @param device the processor, or one GPU
 * @param description for the environment that checkpoints state
 */
record TrainingDevice(Device device, String description) {
    private static final TrainingDevice PROCESSOR = new TrainingDevice(Device.CPU, DeviceKind.CPU.label());

    /**
     * The device of a rank: of GPUs the only one that the process sees, as Slurm bound it, else the one of the rank's number on its
     * node.
     *
     * @param rank number among all ranks
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} where a GPU is asked for and none is there for this rank
     */
    static TrainingDevice of(TaskContext context, int rank) {
        String asked = context.order().ranks().get(rank).device();
        if (!asked.equals(DeviceKind.CUDA.label())) {
            return PROCESSOR;
        }
        boolean areThreads = context.order().communication().communicator() == CommunicatorKind.THREADS;
        return gpu(CudaProbe.look(), areThreads ? rank : context.rank().localRank());
    }

    /** A GPU for the rank of this number on its node. */
    static TrainingDevice gpu(Finding finding, int localRank) {
        List<Gpu> gpus = finding instanceof Finding.Found found ? found.gpus() : List.of();
        int ordinal = gpus.size() == 1 ? 0 : localRank;
        if (ordinal >= gpus.size()) {
            String found = finding instanceof Finding.Absent absent
                    ? absent.fact()
                    : "%d GPUs for rank %d of this node".formatted(gpus.size(), localRank);
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train on cuda: expected a GPU for each rank, found %s. Ask Slurm for GPUs ('gres' or 'gpus-per-node' in slurm.steps), or use the device 'cpu'."
                            .formatted(found));
        }
        Gpu gpu = gpus.get(ordinal);
        return new TrainingDevice(Device.cuda(ordinal), "cuda, %s, sm_%d".formatted(gpu.name(), gpu.capability()));
    }
}
