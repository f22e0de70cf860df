package dev.mugv.kernels.cuda;

import dev.mugv.kernels.operation.GatedResidual;
import dev.mugv.kernels.operation.TokenGrid;

final class CudaGatedResidual implements GatedResidual {
    private final CudaContext context;
    private final CudaModule module;

    CudaGatedResidual(CudaContext context, CudaModule module) {
        this.context = context;
        this.module = module;
    }

    @Override
    public void forward(Forward call) {
        Branch branch = call.branch();
        TokenGrid grid = branch.grid();
        module.launch("gated_residual_forward_" + call.formats().label())
                .with(branch.branch_RD())
                .with(branch.bias_D())
                .with(branch.modulation().values())
                .with(branch.modulation().clean_R())
                .with(call.residual_RD())
                .with(call.out_RD())
                .with(grid.tokens())
                .with(grid.width())
                .with(branch.modulation().stride())
                .with(branch.vectors().count())
                .run(LaunchGrid.rows(grid.rows(), grid.width()));
    }

    @Override
    public void backward(Backward call) {
        Branch branch = call.branch();
        TokenGrid grid = branch.grid();
        int vectors = branch.vectors().count();
        int chunks = (int) LaunchGrid.blocks(grid.tokens(), ColumnSums.ROWS);
        try (CudaArena scratch = new CudaArena(context)) {
            ColumnSums sums = ColumnSums.allocate(scratch, grid.samples(), chunks, 1 + 2 * vectors, grid.width());
            module.launch("gated_residual_backward_" + call.formats().label())
                    .with(call.dout_RD())
                    .with(branch.branch_RD())
                    .with(branch.bias_D())
                    .with(branch.modulation().values())
                    .with(branch.modulation().clean_R())
                    .with(call.dbranch_RD())
                    .with(sums.partials())
                    .with(grid.tokens())
                    .with(grid.width())
                    .with(branch.modulation().stride())
                    .with(vectors)
                    .run(LaunchGrid.columns(grid.width(), chunks, grid.samples()));
            int stride = branch.modulation().stride();
            sums.addAllTo(module, call.dbias_D(), 0);
            sums.addTo(module, call.dmodulation(), new ColumnSums.Target(1, 2 * vectors, vectors, stride, 2L * stride));
        }
    }
}
