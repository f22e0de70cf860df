package dev.mugv.model.config;

/**
 * Limits of the local executor.
 *
 * @param parallel work orders at a time
 * @param threads compute threads of each; decides the bits of what is trained
 */
public record LocalExecution(
        @Default("2") int parallel, @Default("1") int threads) {
    public LocalExecution {
        new Faults()
                .within(1, 1024, parallel, "parallel")
                .within(1, 1024, threads, "threads")
                .throwIfAny();
    }
}
