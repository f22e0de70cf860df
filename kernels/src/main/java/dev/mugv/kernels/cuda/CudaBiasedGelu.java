package dev.mugv.kernels.cuda;

import dev.mugv.kernels.operation.BiasedGelu;

final class CudaBiasedGelu implements BiasedGelu {
    private final CudaContext context;
    private final CudaModule module;

    CudaBiasedGelu(CudaContext context, CudaModule module) {
        this.context = context;
        this.module = module;
    }

    @Override
    public void forward(Forward call) {
        module.launch("gelu_forward_" + call.format().label())
                .with(call.input().x_RI())
                .with(call.input().bias_I())
                .with(call.out_RI())
                .with(call.input().width())
                .run(LaunchGrid.rows(call.input().rows(), call.input().width()));
    }

    @Override
    public void backward(Backward call) {
        Input input = call.input();
        int chunks = Math.toIntExact(LaunchGrid.blocks(input.rows(), ColumnSums.ROWS));
        try (CudaArena scratch = new CudaArena(context)) {
            ColumnSums sums = ColumnSums.allocate(scratch, 1, chunks, 1, input.width());
            module.launch("gelu_backward_" + call.format().label())
                    .with(call.dout_RI())
                    .with(input.x_RI())
                    .with(input.bias_I())
                    .with(call.dx_RI())
                    .with(sums.partials())
                    .with(input.rows())
                    .with(input.width())
                    .run(LaunchGrid.columns(input.width(), chunks, 1));
            sums.addAllTo(module, call.dbias_I(), 0);
        }
    }
}
