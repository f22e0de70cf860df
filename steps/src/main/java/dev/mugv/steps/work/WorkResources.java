package dev.mugv.steps.work;

/**
 * What one attempt of a piece of work needs.
 *
 * @param threads compute threads of the worker
 * @param memoryMebibytes memory of the whole process
 */
public record WorkResources(int threads, int memoryMebibytes) {
    public WorkResources {
        if (threads < 1 || memoryMebibytes < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 thread and 1 MiB, found " + threads + " and " + memoryMebibytes);
        }
    }
}
