package dev.mugv.kernels.cuda;

/**
 * Blocks of a launch.
 *
 * @param x blocks, up to 2^31 - 1
 * @param y blocks, up to 65,535
 * @param z blocks, up to 65,535
 * @param threads of a block, whole warps
 */
record LaunchGrid(int x, int y, int z, int threads) {
    /** Elements that a thread takes; {@code PACK} of {@code portable.cuh}. */
    static final int PACK = 4;

    private static final int MOST = 65_535;
    private static final int WARP = 32;
    private static final int WIDEST_BLOCK = 256;

    LaunchGrid {
        if (x < 1 || y < 1 || z < 1 || y > MOST || z > MOST || threads < WARP || threads % WARP != 0) {
            throw new IllegalArgumentException(
                    "expected at least one block, at most %d in y and z, and whole warps, found %d, %d, %d of %d threads"
                            .formatted(MOST, x, y, z, threads));
        }
    }

    /** One block a row, as wide as there are packs in it, up to 256 threads. */
    static LaunchGrid rows(long rows, int width) {
        return new LaunchGrid(Math.toIntExact(rows), 1, 1, threads(width));
    }

    /** Columns in x, what is given in y and z. */
    static LaunchGrid columns(int width, long y, int z) {
        int threads = Math.min(128, threads(width));
        return new LaunchGrid((int) blocks(width, (long) threads * PACK), Math.toIntExact(y), z, threads);
    }

    /** A thread each. */
    static LaunchGrid threads(long count, int y) {
        return new LaunchGrid(Math.toIntExact(blocks(count, WIDEST_BLOCK)), y, 1, WIDEST_BLOCK);
    }

    static long blocks(long count, long ofBlock) {
        return (count + ofBlock - 1) / ofBlock;
    }

    private static int threads(int width) {
        long packs = blocks(width, PACK);
        return (int) Math.min(WIDEST_BLOCK, blocks(packs, WARP) * WARP);
    }
}
