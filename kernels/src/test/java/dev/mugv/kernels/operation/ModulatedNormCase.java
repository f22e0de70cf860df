package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import java.util.List;
import java.util.Map;

final class ModulatedNormCase extends OperationCase {
    private static final double EPSILON = 1e-6;

    private final TokenGrid grid;
    private final int stride;

    /**
     * @param mean of a row's numbers against their spread of 1: the mean that is kept has its own rounding, so many units of the spread's
     */
    ModulatedNormCase(TokenGrid grid, ActivationFormats formats, double mean) {
        super("modulated norm %s %s mean %s".formatted(grid, formats.label(), mean));
        this.grid = grid;
        this.stride = 3 * grid.width();
        gaussian("x", formats.stream(), grid.elements(), mean, 1);
        gaussian("modulation", ElementFormat.FP32, 2L * grid.samples() * stride, 1, 0.5);
        whole("clean", ElementFormat.UINT8, grid.rows(), 2);
        gaussian("out", formats.product(), grid.elements());
        gaussian("mean", ElementFormat.FP32, grid.rows());
        gaussian("rstd", ElementFormat.FP32, grid.rows());
        gaussian("dout", formats.product(), grid.elements());
        gaussian("dx", formats.stream(), grid.elements());
        gaussian("dmodulation", ElementFormat.FP32, 2L * grid.samples() * stride);
    }

    @Override
    void run(KernelDevice device, Map<String, Elements> memory) {
        Modulation modulation = new Modulation(memory.get("modulation"), memory.get("clean"), stride);
        ModulatedNorm.Input input = new ModulatedNorm.Input(grid, memory.get("x"), modulation);
        ModulatedNorm.Moments moments = new ModulatedNorm.Moments(memory.get("mean"), memory.get("rstd"));
        device.modulatedNorm().forward(new ModulatedNorm.Forward(input, EPSILON, memory.get("out"), moments));
        device.modulatedNorm()
                .backward(new ModulatedNorm.Backward(
                        input, moments, memory.get("dout"), memory.get("dx"), memory.get("dmodulation")));
    }

    @Override
    List<String> outputs() {
        return List.of("out", "dx", "dmodulation");
    }

    @Override
    List<String> variables() {
        return List.of("x", "modulation");
    }
}
