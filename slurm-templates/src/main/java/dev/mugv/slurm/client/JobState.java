package dev.mugv.slurm.client;

import java.util.Arrays;
import java.util.Optional;

/** States of a Slurm job (squeue and sacct manuals, JOB STATE CODES), with the phase that each belongs to. */
public enum JobState {
    PENDING(Phase.WAITING),
    REQUEUED(Phase.WAITING),
    REQUEUE_FED(Phase.WAITING),
    REQUEUE_HOLD(Phase.WAITING),
    SPECIAL_EXIT(Phase.WAITING),
    RESV_DEL_HOLD(Phase.WAITING),
    EXPEDITING(Phase.WAITING),
    CONFIGURING(Phase.RUNNING),
    RUNNING(Phase.RUNNING),
    SUSPENDED(Phase.RUNNING),
    STOPPED(Phase.RUNNING),
    SIGNALING(Phase.RUNNING),
    RESIZING(Phase.RUNNING),
    STAGE_OUT(Phase.RUNNING),
    COMPLETING(Phase.RUNNING),
    COMPLETED(Phase.OVER),
    CANCELLED(Phase.OVER),
    FAILED(Phase.OVER),
    TIMEOUT(Phase.OVER),
    DEADLINE(Phase.OVER),
    OUT_OF_MEMORY(Phase.OVER),
    NODE_FAIL(Phase.OVER),
    BOOT_FAIL(Phase.OVER),
    LAUNCH_FAILED(Phase.OVER),
    PREEMPTED(Phase.OVER),
    REVOKED(Phase.OVER);

    /** What a state means for whoever waits. */
    public enum Phase {
        WAITING,
        RUNNING,
        /** Slurm may still revise some of these. */
        OVER
    }

    private final Phase phase;

    JobState(Phase phase) {
        this.phase = phase;
    }

    public Phase phase() {
        return phase;
    }

    /**
     * Whether Slurm may put a job in this state back into the queue: for 2 to 4 s accounting calls a job NODE_FAIL or
     * PREEMPTED that is PENDING again, and a failed one may be requeued by the site's rules.
     */
    public boolean mayBeRevised() {
        return switch (this) {
            case FAILED, NODE_FAIL, BOOT_FAIL, LAUNCH_FAILED, PREEMPTED, REVOKED -> true;
            default -> false;
        };
    }

    /** Reads the tools' word for a state; accounting adds who cancelled: {@code CANCELLED by 2200}. */
    static Optional<JobState> of(String word) {
        int end = word.indexOf(' ');
        String name = end < 0 ? word : word.substring(0, end);
        return Arrays.stream(values())
                .filter(state -> state.name().equals(name))
                .findFirst();
    }
}
