package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import java.util.List;
import java.util.Map;

final class RotaryNormCase extends OperationCase {
    private static final double EPSILON = 1e-6;
    private static final int POSITIONS = 13;

    private final HeadGrid grid;

    RotaryNormCase(HeadGrid grid, ElementFormat format) {
        super("rotary norm %s %s".formatted(grid, format.label()));
        this.grid = grid;
        gaussian("qkv", format, 3 * grid.elements());
        gaussian("weight", ElementFormat.FP32, 2L * grid.width(), 1, 0.5);
        whole("position", ElementFormat.INT32, 3 * grid.rows(), POSITIONS);
        HostElements angles = HostElements.allocate(ElementFormat.FP32, 2L * POSITIONS * grid.pairsOfAxis());
        for (int i = 0; i < POSITIONS * grid.pairsOfAxis(); i++) {
            double angle = i / grid.pairsOfAxis() * Math.pow(10_000, -(i % grid.pairsOfAxis()) / 12.0);
            angles.set(2 * i, Math.cos(angle));
            angles.set(2 * i + 1, Math.sin(angle));
        }
        tensors().put("angles", angles);
        gaussian("out", format, 2 * grid.elements());
        gaussian("rstd", ElementFormat.FP32, 2 * grid.rows() * grid.heads());
        gaussian("dout", format, 2 * grid.elements());
        gaussian("dqkv", format, 3 * grid.elements());
        gaussian("dweight", ElementFormat.FP32, 2L * grid.width());
    }

    @Override
    void run(KernelDevice device, Map<String, Elements> memory) {
        RotaryNorm.Heads heads = new RotaryNorm.Heads(
                grid,
                memory.get("qkv"),
                memory.get("weight"),
                new RotaryNorm.Rotation(memory.get("position"), memory.get("angles")));
        device.rotaryNorm().forward(new RotaryNorm.Forward(heads, EPSILON, memory.get("out"), memory.get("rstd")));
        device.rotaryNorm()
                .backward(new RotaryNorm.Backward(
                        heads, memory.get("rstd"), memory.get("dout"), memory.get("dqkv"), memory.get("dweight")));
    }

    @Override
    List<String> outputs() {
        return List.of("out", "dqkv", "dweight");
    }

    @Override
    List<String> variables() {
        return List.of("qkv", "weight");
    }

    @Override
    boolean isAddedTo(String gradient) {
        return !gradient.equals("dqkv");
    }

    /** The values beside queries and keys are somebody else's. */
    @Override
    boolean isTaken(String gradient, int index) {
        return !gradient.equals("dqkv") || index / (grid.heads() * grid.width()) % 3 < 2;
    }
}
