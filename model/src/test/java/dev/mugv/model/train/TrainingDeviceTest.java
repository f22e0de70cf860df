package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mugv.kernels.cuda.CudaProbe;
import dev.mugv.kernels.cuda.CudaProbe.Finding;
import dev.mugv.kernels.cuda.CudaProbe.Gpu;
import dev.mugv.kernels.device.Device;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingDeviceTest {
    @Test
    void aRankTakesTheOnlyGpuThatItSeesOrTheOneOfItsNumber() {
        assertThat(TrainingDevice.gpu(found(1), 5).device()).isEqualTo(Device.cuda(0));
        assertThat(TrainingDevice.gpu(found(8), 5).device()).isEqualTo(Device.cuda(5));
        assertThat(TrainingDevice.gpu(found(8), 5).description()).isEqualTo("cuda, NVIDIA H100, sm_90");
    }

    @Test
    void moreRanksThanGpusAndNoGpuAtAllAreRefusedWithWhatWasFound() {
        assertThatThrownBy(() -> TrainingDevice.gpu(found(2), 2))
                .isInstanceOfSatisfying(
                        WorkFailure.class, failure -> assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessageContaining("found 2 GPUs for rank 2 of this node");
        assertThatThrownBy(() -> TrainingDevice.gpu(new Finding.Absent("libcuda.so.1 is not found"), 0))
                .hasMessageContaining("Cannot train on cuda")
                .hasMessageContaining("libcuda.so.1 is not found")
                .hasMessageContaining("gpus-per-node");
    }

    @Test
    void aLibtorchWithoutCudaRefusesAGpuInsteadOfComputingElsewhere() {
        assumeTrue(
                CudaProbe.look() instanceof Finding.Absent,
                "No machine without a driver: what one is refused with is not tried here");
        TorchRuntime runtime = TorchRuntime.start(1);
        assertThatThrownBy(() -> runtime.newScope(Device.cuda(0)))
                .hasMessageContaining("Cannot compute on cuda:0")
                .hasMessageContaining("cuda-libtorch.md");
        assertThat(runtime.newScope().getDevice().isGpu()).isFalse();
    }

    private static Finding found(int gpus) {
        return new Finding.Found(13000, List.copyOf(Collections.nCopies(gpus, new Gpu("NVIDIA H100", 90))));
    }
}
