package dev.mugv.model.config;

/**
 * Pairs without labels (RDPO; mugv.md, sections 4.2 and 5.6): a real clip's latent is noised to some timestep and denoised from there by
 * the model; the real one is the winner, what comes back the loser.
 *
 * @param clips training clips that pairs are made of, each conditioned on its first frame or on its caption alone, in turns
 * @param steps of a whole trajectory of the sampler; no guidance is applied
 * @param strength share of the trajectory that is done anew: at 1 nothing is left of the real clip
 * @param seed of the noise
 */
public record ReversalConfiguration(
        @Default("16") int clips,
        @Default("25") int steps,
        @Default("0.5") double strength,
        @Default("1") long seed) {
    public ReversalConfiguration {
        new Faults()
                .within(1, 1_000_000, clips, "clips")
                .within(1, 1000, steps, "steps")
                .require(strength > 0 && strength <= 1, "strength", "expected above 0 and up to 1, found " + strength)
                .throwIfAny();
    }

    /** First step of the sampler that is done: at least the last one. */
    public int startStep() {
        return Math.min(steps - 1, (int) Math.round(steps * (1 - strength)));
    }
}
