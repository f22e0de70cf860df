package dev.mugv.kernels.cuda;

import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.operation.TensorHashing;

final class CudaTensorHashing implements TensorHashing {
    /** More would only mean more atomics: a block takes as many elements as are left for it. */
    private static final int MOST_BLOCKS = 4096;

    private static final int THREADS = 256;

    private final CudaModule module;

    CudaTensorHashing(CudaModule module) {
        this.module = module;
    }

    @Override
    public void add(Part part, Elements sums_2) {
        TensorHashing.requireSums(sums_2);
        long count = part.values().count();
        int blocks = (int) Math.min(MOST_BLOCKS, LaunchGrid.blocks(count, 4L * THREADS));
        module.launch("hash_values_" + part.values().format().label())
                .with(part.values())
                .with(sums_2)
                .with(count / part.columns())
                .with(part.columns())
                .with(part.rowStride())
                .with(part.firstIndex())
                .with(part.key())
                .run(new LaunchGrid(blocks, 1, 1, THREADS));
    }
}
