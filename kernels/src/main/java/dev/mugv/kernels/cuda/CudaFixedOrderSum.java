package dev.mugv.kernels.cuda;

import dev.mugv.kernels.memory.DeviceElements;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.operation.FixedOrderSum;

final class CudaFixedOrderSum implements FixedOrderSum {
    /** {@code SUM_BLOCK} and {@code SUM_LANES} of {@code reduction.cuh}. */
    static final int BLOCK = 1024;

    static final int LANES = 256;

    private final CudaContext context;
    private final CudaModule module;

    CudaFixedOrderSum(CudaContext context, CudaModule module) {
        this.context = context;
        this.module = module;
    }

    @Override
    public void sum(Elements values, Elements out_1) {
        sum("sum_values_", values, out_1);
    }

    @Override
    public void sumOfSquares(Elements values, Elements out_1) {
        sum("sum_squares_", values, out_1);
    }

    private void sum(String kernel, Elements values, Elements out_1) {
        FixedOrderSum.require(values, out_1);
        long blocks = LaunchGrid.blocks(values.count(), BLOCK);
        try (CudaArena scratch = new CudaArena(context)) {
            Elements partials = blocks == 1 ? out_1 : scratch.allocate(ElementFormat.FP64, blocks);
            module.launch(kernel + values.format().label())
                    .with(values)
                    .with(partials)
                    .with(values.count())
                    .run(new LaunchGrid(Math.toIntExact(blocks), 1, 1, LANES));
            if (blocks > 1) {
                sumBlocks(scratch, module, CudaArena.of(partials), CudaArena.of(out_1));
            }
        }
    }

    /** Sums rows of partial sums, as many columns as the target has, until one row is left, which is the target. */
    static void sumBlocks(CudaArena scratch, CudaModule module, DeviceElements partials, DeviceElements target) {
        int columns = Math.toIntExact(target.count());
        DeviceElements open = partials;
        long rows;
        do {
            rows = LaunchGrid.blocks(open.count() / columns, BLOCK);
            DeviceElements out = rows == 1 ? target : scratch.allocate(ElementFormat.FP64, rows * columns);
            module.launch("sum_partials")
                    .with(open)
                    .with(out)
                    .with(open.count() / columns)
                    .with(columns)
                    .run(new LaunchGrid(Math.toIntExact(rows), columns, 1, LANES));
            open = out;
        } while (rows > 1);
    }

    @Override
    public void addParts(Parts parts, Elements out_N) {
        parts.requireOut(out_N);
        module.launch("sum_parts_" + out_N.format().label())
                .with(parts.values())
                .with(out_N)
                .with(parts.length())
                .with(parts.count())
                .with(parts.length())
                .run(LaunchGrid.threads(LaunchGrid.blocks(parts.length(), LaunchGrid.PACK), 1));
    }
}
