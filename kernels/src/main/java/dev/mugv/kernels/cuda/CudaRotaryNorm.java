package dev.mugv.kernels.cuda;

import dev.mugv.kernels.operation.HeadGrid;
import dev.mugv.kernels.operation.RotaryNorm;

final class CudaRotaryNorm implements RotaryNorm {
    /** {@code HEAD_WARPS} and {@code HEAD_ROWS_OF_PARTIAL} of {@code attention.cuh}. */
    private static final int WARPS = 4;

    private static final int ROWS_OF_PARTIAL = 64;
    private static final int THREADS = WARPS * 32;

    private final CudaContext context;
    private final CudaModule module;

    CudaRotaryNorm(CudaContext context, CudaModule module) {
        this.context = context;
        this.module = module;
    }

    @Override
    public void forward(Forward call) {
        HeadGrid grid = call.heads().grid();
        long blocks = LaunchGrid.blocks(grid.rows() * grid.heads(), WARPS);
        module.launch("norm_rotate_forward_" + call.format().label())
                .with(call.heads().qkv_R3NK())
                .with(call.heads().weight_JK())
                .with(call.heads().rotation().position_R3())
                .with(call.heads().rotation().angles())
                .with(call.out_JBNTK())
                .with(call.rstd_JRN())
                .with(grid.rows())
                .with(grid.tokens())
                .with(grid.heads())
                .with(grid.width())
                .with((float) call.epsilon())
                .run(new LaunchGrid(Math.toIntExact(blocks), 2, 1, THREADS));
    }

    @Override
    public void backward(Backward call) {
        HeadGrid grid = call.heads().grid();
        int blocks = Math.toIntExact(LaunchGrid.blocks(grid.rows(), ROWS_OF_PARTIAL));
        try (CudaArena scratch = new CudaArena(context)) {
            ColumnSums sums = ColumnSums.allocate(scratch, 1, blocks, 2, grid.width());
            module.launch("norm_rotate_backward_" + call.format().label())
                    .with(call.dout_JBNTK())
                    .with(call.heads().qkv_R3NK())
                    .with(call.heads().weight_JK())
                    .with(call.heads().rotation().position_R3())
                    .with(call.heads().rotation().angles())
                    .with(call.rstd_JRN())
                    .with(call.dqkv_R3NK())
                    .with(sums.partials())
                    .with(grid.rows())
                    .with(grid.tokens())
                    .with(grid.heads())
                    .with(grid.width())
                    .run(new LaunchGrid(blocks, 2, 1, THREADS));
            sums.addTo(module, call.dweight_JK(), new ColumnSums.Target(0, 2, 1, grid.width(), 0));
        }
    }
}
