package dev.mugv.kernels.cuda;

import dev.mugv.kernels.operation.FlowNoising;

final class CudaFlowNoising implements FlowNoising {
    private final CudaModule module;

    CudaFlowNoising(CudaModule module) {
        this.module = module;
    }

    @Override
    public void apply(Call call) {
        LatentGrid grid = call.grid();
        module.launch("noising_" + call.format().label())
                .with(call.latent_BCFP())
                .with(call.streams_B2())
                .with(call.time_BF())
                .with(call.noise_BCFP())
                .with(call.noisy_BCFP())
                .with(grid.elements())
                .with(grid.frames())
                .with(grid.places())
                .run(LaunchGrid.threads(LaunchGrid.blocks(grid.elements(), LaunchGrid.PACK), grid.samples()));
    }
}
