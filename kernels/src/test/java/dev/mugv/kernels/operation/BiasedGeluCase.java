package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import java.util.List;
import java.util.Map;

final class BiasedGeluCase extends OperationCase {
    private final int rows;
    private final int width;

    /**
     * @param spread of the numbers: a large one reaches where exp overflows
     */
    BiasedGeluCase(int rows, int width, ElementFormat format, double spread) {
        super("biased gelu %d x %d %s spread %s".formatted(rows, width, format.label(), spread));
        this.rows = rows;
        this.width = width;
        gaussian("x", format, (long) rows * width, 0, spread);
        gaussian("bias", ElementFormat.FP32, width);
        gaussian("out", format, (long) rows * width);
        gaussian("dout", format, (long) rows * width);
        gaussian("dx", format, (long) rows * width);
        gaussian("dbias", ElementFormat.FP32, width);
    }

    @Override
    void run(KernelDevice device, Map<String, Elements> memory) {
        BiasedGelu.Input input = new BiasedGelu.Input(rows, width, memory.get("x"), memory.get("bias"));
        device.biasedGelu().forward(new BiasedGelu.Forward(input, memory.get("out")));
        device.biasedGelu()
                .backward(new BiasedGelu.Backward(input, memory.get("dout"), memory.get("dx"), memory.get("dbias")));
    }

    @Override
    List<String> outputs() {
        return List.of("out", "dx", "dbias");
    }

    @Override
    List<String> variables() {
        return List.of("x", "bias");
    }

    @Override
    boolean isAddedTo(String gradient) {
        return !gradient.equals("dx");
    }
}
