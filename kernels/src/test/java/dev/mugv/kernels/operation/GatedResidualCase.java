package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import java.util.List;
import java.util.Map;

final class GatedResidualCase extends OperationCase {
    /** Elements between the rows of modulation, which belong to others. */
    private static final int GAP = 5;

    private final TokenGrid grid;
    private final GatedResidual.Vectors vectors;
    private final int stride;

    GatedResidualCase(TokenGrid grid, GatedResidual.Vectors vectors, ActivationFormats formats) {
        super("gated residual %s %s %s".formatted(grid, vectors, formats.label()));
        this.grid = grid;
        this.vectors = vectors;
        this.stride = vectors.count() * grid.width() + (grid.width() % 2 == 0 ? 0 : GAP);
        gaussian("branch", formats.product(), grid.elements());
        gaussian("bias", ElementFormat.FP32, grid.width());
        gaussian("modulation", ElementFormat.FP32, 2L * grid.samples() * stride, 0.5, 1);
        whole("clean", ElementFormat.UINT8, grid.rows(), 2);
        gaussian("residual", formats.stream(), grid.elements());
        gaussian("out", formats.stream(), grid.elements());
        gaussian("dout", formats.stream(), grid.elements());
        gaussian("dbranch", formats.product(), grid.elements());
        gaussian("dbias", ElementFormat.FP32, grid.width());
        gaussian("dmodulation", ElementFormat.FP32, 2L * grid.samples() * stride);
    }

    @Override
    void run(KernelDevice device, Map<String, Elements> memory) {
        Modulation modulation = new Modulation(memory.get("modulation"), memory.get("clean"), stride);
        GatedResidual.Branch branch =
                new GatedResidual.Branch(grid, memory.get("branch"), memory.get("bias"), modulation, vectors);
        device.gatedResidual().forward(new GatedResidual.Forward(branch, memory.get("residual"), memory.get("out")));
        device.gatedResidual()
                .backward(new GatedResidual.Backward(
                        branch,
                        memory.get("dout"),
                        memory.get("dbranch"),
                        memory.get("dbias"),
                        memory.get("dmodulation")));
    }

    @Override
    List<String> outputs() {
        return List.of("out", "dbranch", "dbias", "dmodulation");
    }

    @Override
    List<String> variables() {
        return List.of("branch", "bias", "modulation");
    }

    @Override
    boolean isAddedTo(String gradient) {
        return !gradient.equals("dbranch");
    }
}
