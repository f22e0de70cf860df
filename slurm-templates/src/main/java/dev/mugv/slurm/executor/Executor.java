package dev.mugv.slurm.executor;

import dev.mugv.slurm.script.Resources;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs submitted scripts. Every answer says which of three things it is: a fact, a fact of absence, or no answer; an
 * implementation never turns the last into one of the others, and throws for none of them. Safe for several threads.
 */
public interface Executor {
    /**
     * Hands a submission over, whose script is already on disk. To be called again for the same token only after
     * {@link #find} has proved that the first call had no effect.
     */
    SubmissionOutcome submit(ArraySubmission submission);

    /**
     * Looks for a submission by its token wherever the executor would keep it.
     *
     * @return {@link SearchOutcome.Absent} only if every place answered; it may be believed once {@link #quarantine} has
     *     passed since the submission was tried
     */
    SearchOutcome find(ArraySubmission submission);

    /** How long a submission of unknown outcome may take to show up. */
    Duration quarantine();

    /**
     * What is known of every element of these submissions, in one round however many they are. A terminal state is
     * reported once the executor will not revise it.
     */
    Map<ElementId, Observation> observe(Collection<ArraySubmission> submissions);

    /**
     * Asks elements to stop by their stop files; those that have not started never will, those that still run after the
     * grace are ended.
     */
    StopOutcome stop(ArraySubmission submission, Set<Integer> indices, Duration grace);

    /**
     * How earlier runs of elements ended that the executor itself has put back and started again; what it does not know
     * any more is left out.
     */
    default Map<ElementId, List<Observation.Ended>> earlierEnds(ArraySubmission submission, Set<Integer> indices) {
        return Map.of();
    }

    /** How many machines work that asks for this could be placed on; 0 while that cannot be said. */
    default int machines(Resources resources) {
        return 0;
    }

    /**
     * Why work that asks for this can never run here; empty when it can, or when that cannot be said.
     */
    default Optional<String> objection(Resources resources) {
        return Optional.empty();
    }

    /**
     * Says that an element has just ended by other witnesses, or that something else is about to change: a reason to ask
     * again before the usual interval is over.
     */
    default void expectChange() {}

    /**
     * Where work is handed over, as a name that tells it from every other place which the same database knows; empty
     * while that cannot be said, and then nothing can be handed over either.
     */
    default Optional<String> place() {
        return Optional.of("local");
    }

    /** Lets more or fewer elements of an accepted submission run at once. */
    default ThrottleOutcome throttle(ArraySubmission submission, int parallel) {
        return new ThrottleOutcome.Set();
    }

    /** Where the files of submissions lie for what runs them. */
    default NodeStorage storage() {
        return NodeStorage.SHARED;
    }

    /** How long to wait between two rounds of {@link #observe} while nothing happens. */
    Duration observationInterval();

    /** The most elements that one submission may have. */
    int maxElements();

    /** The most elements that may be accepted and not over at once; sbatch refuses what is beyond. */
    default int maxQueued() {
        return Integer.MAX_VALUE;
    }
}
