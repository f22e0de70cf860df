package dev.mugv.kernels.cuda;

import dev.mugv.kernels.operation.ModulatedNorm;
import dev.mugv.kernels.operation.TokenGrid;

final class CudaModulatedNorm implements ModulatedNorm {
    private final CudaContext context;
    private final CudaModule module;

    CudaModulatedNorm(CudaContext context, CudaModule module) {
        this.context = context;
        this.module = module;
    }

    @Override
    public void forward(Forward call) {
        Input input = call.input();
        TokenGrid grid = input.grid();
        module.launch("layer_norm_forward_" + call.formats().label())
                .with(input.x_RD())
                .with(input.modulation().values())
                .with(input.modulation().clean_R())
                .with(call.out_RD())
                .with(call.moments().mean_R())
                .with(call.moments().rstd_R())
                .with(grid.tokens())
                .with(grid.width())
                .with(input.modulation().stride())
                .with((float) call.epsilon())
                .shared(grid.width() * Float.BYTES)
                .run(LaunchGrid.rows(grid.rows(), grid.width()));
    }

    @Override
    public void backward(Backward call) {
        Input input = call.input();
        TokenGrid grid = input.grid();
        int stride = input.modulation().stride();
        int chunks = (int) LaunchGrid.blocks(grid.tokens(), ColumnSums.ROWS);
        module.launch("layer_norm_backward_" + call.formats().label())
                .with(call.dout_RD())
                .with(input.x_RD())
                .with(input.modulation().values())
                .with(input.modulation().clean_R())
                .with(call.moments().mean_R())
                .with(call.moments().rstd_R())
                .with(call.dx_RD())
                .with(grid.tokens())
                .with(grid.width())
                .with(stride)
                .run(LaunchGrid.rows(grid.rows(), grid.width()));
        try (CudaArena scratch = new CudaArena(context)) {
            ColumnSums sums = ColumnSums.allocate(scratch, grid.samples(), chunks, 4, grid.width());
            module.launch("layer_norm_modulation_backward_" + call.formats().label())
                    .with(call.dout_RD())
                    .with(input.x_RD())
                    .with(input.modulation().clean_R())
                    .with(call.moments().mean_R())
                    .with(call.moments().rstd_R())
                    .with(sums.partials())
                    .with(grid.tokens())
                    .with(grid.width())
                    .run(LaunchGrid.columns(grid.width(), chunks, grid.samples()));
            sums.addTo(module, call.dmodulation(), new ColumnSums.Target(0, 4, 2, stride, 2L * stride));
        }
    }
}
