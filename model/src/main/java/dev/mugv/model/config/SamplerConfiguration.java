package dev.mugv.model.config;

/**
 * Euler sampler (mugv.md, section 4.2).
 *
 * @param steps number of timesteps
 * @param guidance scale of classifier-free guidance
 * @param negativePrompt text of the other branch
 * @param seed root of the start noise
 */
public record SamplerConfiguration(
        @Default("25") int steps,
        @Default("4") double guidance,
        @Default("") String negativePrompt,
        @Default("1") long seed) {
    public SamplerConfiguration {
        new Faults()
                .within(1, 1000, steps, "steps")
                .atLeast(0, guidance, "guidance")
                .throwIfAny();
    }
}
