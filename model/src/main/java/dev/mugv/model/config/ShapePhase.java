package dev.mugv.model.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * A part of a stage with clips of some shapes: stages grow their clips by listing phases.
 *
 * @param until share of the stage's updates at which the phase ends, above 0 and up to 1
 * @param shape what is trained on until then
 * @param also further shapes of the same phase, each with its share; what is left is {@code shape}'s
 */
public record ShapePhase(
        double until, VideoShape shape, @Default("[]") List<ShapeShare> also) {
    public ShapePhase {
        also = List.copyOf(also);
        double taken = also.stream().mapToDouble(ShapeShare::share).sum();
        long distinct = Stream.concat(Stream.of(shape), also.stream().map(ShapeShare::shape))
                .distinct()
                .count();
        new Faults()
                .require(until > 0 && until <= 1, "until", "expected above 0 and up to 1, found " + until)
                .require(taken < 1, "also", "expected shares that leave some to 'shape', found a sum of " + taken)
                .require(distinct == also.size() + 1, "also", "expected every shape once")
                .throwIfAny();
    }

    /** A phase of one shape. */
    public ShapePhase(double until, VideoShape shape) {
        this(until, shape, List.of());
    }

    /** All shapes, {@code shape} first. */
    public List<VideoShape> shapes() {
        return Stream.concat(Stream.of(shape), also.stream().map(ShapeShare::shape))
                .toList();
    }
}
