package dev.mugv.kernels.cuda;

import dev.mugv.kernels.AdamW;
import dev.mugv.kernels.memory.DeviceElements;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.operation.BucketOptimizer;

final class CudaBucketOptimizer implements BucketOptimizer {
    private final CudaContext context;
    private final CudaModule module;

    CudaBucketOptimizer(CudaContext context, CudaModule module) {
        this.context = context;
        this.module = module;
    }

    @Override
    public void update(Bucket bucket, Update update) {
        long count = bucket.parameter().count();
        long blocks = LaunchGrid.blocks(count, CudaFixedOrderSum.BLOCK);
        DeviceElements squares = CudaArena.of(bucket.derived().squares_2());
        try (CudaArena scratch = new CudaArena(context)) {
            DeviceElements partials = blocks == 1 ? squares : scratch.allocate(ElementFormat.FP64, 2 * blocks);
            launch(bucket, update, partials, Math.toIntExact(blocks));
            if (blocks > 1) {
                CudaFixedOrderSum.sumBlocks(scratch, module, partials, squares);
            }
        }
    }

    private void launch(Bucket bucket, Update update, Elements partials, int blocks) {
        AdamW.Coefficients c = update.coefficients();
        String formats = bucket.parameter().format().label() + "_"
                + bucket.gradient().format().label();
        module.launch("adamw_" + formats)
                .with(bucket.parameter())
                .with(bucket.gradient())
                .with(bucket.moments().first())
                .with(bucket.moments().second())
                .with(bucket.derived().average())
                .with(bucket.derived().copy())
                .with(partials)
                .with(c.gradientScale())
                .with(c.beta1())
                .with(c.gain1())
                .with(c.beta2())
                .with(c.gain2())
                .with(c.keep())
                .with(c.stepSize())
                .with(c.secondScale())
                .with(c.epsilon())
                .with(update.averageKeep())
                .with(update.averageGain())
                .with(bucket.parameter().count())
                .with(update.firstIndex())
                .with(update.rounding().key())
                .with(update.rounding().stream())
                .run(new LaunchGrid(blocks, 1, 1, CudaFixedOrderSum.LANES));
    }
}
