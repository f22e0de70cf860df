package dev.mugv.model.config;

/** Whether the difference that guidance multiplies is limited first (mugv.md, section 4.2). */
public enum GuidanceClamp {
    /** It is taken as it is. */
    NONE,
    /** In two latent channels, to a bound that follows its own distribution and the timestep. */
    DYNAMIC
}
