package dev.mugv.steps.work;

/**
 * What one attempt of a piece of work needs.
 *
 * @param threads compute threads of each worker process
 * @param memoryMebibytes memory of each whole process
 * @param layout how many processes carry it out together
 */
public record WorkResources(int threads, int memoryMebibytes, RankLayout layout) {
    public WorkResources {
        if (threads < 1 || memoryMebibytes < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 thread and 1 MiB, found " + threads + " and " + memoryMebibytes);
        }
    }

    /** For work of one process. */
    public WorkResources(int threads, int memoryMebibytes) {
        this(threads, memoryMebibytes, RankLayout.SINGLE);
    }

    /** The same with other memory. */
    WorkResources withMemory(int mebibytes) {
        return new WorkResources(threads, mebibytes, layout);
    }
}
