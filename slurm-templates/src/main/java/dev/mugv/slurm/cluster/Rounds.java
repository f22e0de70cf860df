package dev.mugv.slurm.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** Where an executor gets its rounds from: it asks for itself, or shares what one asks for all. Safe for several threads. */
public interface Rounds {
    /**
     * The newest round, unless it was handed out before.
     *
     * @param interests what is to be known; a shared poller knows it by itself
     */
    Optional<Round> next(Collection<Interest> interests);

    /**
     * A round that was begun no earlier than at a moment and can say of a submission that Slurm does not know it; empty
     * while there is none.
     */
    Optional<Round> covering(Interest interest, Instant notBefore);

    /** Says that a round is wanted before its usual time. */
    void want(Urgency urgency, int live);

    /** How long from now until {@link #next} may have something. */
    Duration untilNext();
}
