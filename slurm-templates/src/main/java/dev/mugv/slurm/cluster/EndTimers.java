package dev.mugv.slurm.cluster;

import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Holds an end back until it has stood for as long as it must; anything else that Slurm says starts the time anew. */
final class EndTimers {
    private final SlurmTimings timings;
    private final Map<ElementId, Standing> standing = new HashMap<>();

    EndTimers(SlurmTimings timings) {
        this.timings = timings;
    }

    /** What may be said of an element now. */
    Observation settle(ElementId element, Witness.Finding finding, Instant now) {
        if (finding instanceof Witness.Finding.Alive alive) {
            // A question without answer says nothing against what stood before.
            if (!(alive.observation() instanceof Observation.NoAnswer)) {
                standing.remove(element);
            }
            return alive.observation();
        }
        if (finding instanceof Witness.Finding.Over over) {
            return hold(element, over.end(), patience(over.patience()), now).orElseGet(() -> ending(over.end()));
        }
        if (finding instanceof Witness.Finding.Unaccounted unaccounted) {
            return hold(element, unaccounted.loss(), timings.loss(), now)
                    .orElseGet(() -> new Observation.NoAnswer(unaccounted.reason()));
        }
        return new Observation.NoAnswer("the queue does not know it any more, and accounting was not asked");
    }

    /** Whether an end of this element is being held. */
    boolean isRunningFor(ElementId element) {
        return standing.containsKey(element);
    }

    private Optional<Observation> hold(ElementId element, Observation.Ended end, Duration patience, Instant now) {
        Standing current = Optional.ofNullable(standing.get(element))
                .filter(before ->
                        before.end().state() == end.state() && before.end().run() == end.run())
                .orElseGet(() -> new Standing(end, standingSince(end, patience, now)));
        if (now.isBefore(current.since().plus(patience))) {
            standing.put(element, current);
            return Optional.empty();
        }
        standing.remove(element);
        return Optional.of(end);
    }

    /**
     * An end stands from the moment that Slurm says it came, but at least half of its time must pass under our eyes: clocks
     * differ, and what Slurm takes back it takes back within seconds.
     */
    private static Instant standingSince(Observation.Ended end, Duration patience, Instant now) {
        Instant earliest = now.minus(patience.dividedBy(2));
        return end.endedAt().isBefore(earliest) ? earliest : end.endedAt().isAfter(now) ? now : end.endedAt();
    }

    /** To whoever waits, an element whose end is held is still at work. */
    private static Observation ending(Observation.Ended end) {
        return end.startedAt().isPresent()
                ? new Observation.Running(end.run(), "", end.startedAt().get())
                : new Observation.Waiting("is ending: " + end.detail());
    }

    private Duration patience(Witness.Patience patience) {
        return switch (patience) {
            case NONE -> Duration.ZERO;
            case REVISABLE -> timings.settle();
            case NO_TRACE -> timings.trace();
        };
    }

    private record Standing(Observation.Ended end, Instant since) {}
}
