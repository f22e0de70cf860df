package dev.mugv.kernels.cuda;

import dev.mugv.kernels.memory.DeviceElements;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;

/**
 * Partial sums of gradients over rows, laid out [groups, chunks, slots, width], which are added to gradients in their order
 * ({@code add_columns} of {@code reduction.cuh}).
 *
 * @param partials of all groups
 * @param groups that are summed by themselves, for example samples
 * @param chunks of a group
 * @param slots of a chunk, each a row of columns
 * @param width of a row
 */
record ColumnSums(DeviceElements partials, int groups, int chunks, int slots, int width) {
    /** Rows that a partial sum covers; {@code ROWS_OF_PARTIAL} of {@code modulation.cuh}. */
    static final int ROWS = 64;

    static ColumnSums allocate(CudaArena scratch, int groups, int chunks, int slots, int width) {
        long count = (long) groups * chunks * slots * width;
        return new ColumnSums(scratch.allocate(ElementFormat.FP32, count), groups, chunks, slots, width);
    }

    /**
     * Where some slots go: of every group, rows of vectors.
     *
     * @param first of the slots
     * @param count of slots
     * @param vectors in a row of the gradient
     * @param rowStride elements from one row to the next
     * @param groupStride elements from one group to the next
     */
    record Target(int first, int count, int vectors, long rowStride, long groupStride) {}

    /** Adds some slots to gradients, every group to its own. */
    void addTo(CudaModule module, Elements gradient, Target target) {
        add(module, gradient, groups, chunks, target);
    }

    /** Adds one slot of all groups and chunks to one vector. */
    void addAllTo(CudaModule module, Elements gradient_D, int slot) {
        add(module, gradient_D, 1, groups * chunks, new Target(slot, 1, 1, 0, 0));
    }

    private void add(CudaModule module, Elements gradient, int ownGroups, int ownChunks, Target target) {
        int threads = 128;
        module.launch("add_columns")
                .with(partials)
                .with(gradient)
                .with(ownChunks)
                .with(slots)
                .with(target.first())
                .with(width)
                .with(target.vectors())
                .with(target.rowStride())
                .with(target.groupStride())
                .run(new LaunchGrid((int) LaunchGrid.blocks(width, threads), target.count(), ownGroups, threads));
    }
}
