package dev.mugv.model.config;

/**
 * A part of a stage with clips of one shape: stages grow their clips by listing phases.
 *
 * @param until share of the stage's updates at which the phase ends, above 0 and up to 1
 * @param shape what is trained on until then
 */
public record ShapePhase(double until, VideoShape shape) {
    public ShapePhase {
        new Faults()
                .require(until > 0 && until <= 1, "until", "expected above 0 and up to 1, found " + until)
                .throwIfAny();
    }
}
