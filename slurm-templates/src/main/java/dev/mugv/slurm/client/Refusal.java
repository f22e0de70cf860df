package dev.mugv.slurm.client;

import java.util.List;
import java.util.Locale;

/**
 * What the words of sbatch mean for whether the job exists. Only words known for that mean that it does not and will not:
 * after any others it may be in the queue.
 */
enum Refusal {
    /** The job does not and will not exist. */
    CERTAIN,
    /** Slurm or the way to it was in trouble: the job may exist, and the same call may go well later. */
    TROUBLE,
    /** Slurm said no in words that this build does not know: the job may exist, and the same call may never go well. */
    UNRECOGNISED;

    /** Exit code of {@code env} for a program that is not on the path. */
    private static final int NOT_FOUND = 127;

    /** Words of the controller's own decision about a request, in lower case (Slurm's slurm_errno table). */
    private static final List<String> DECISIONS = List.of(
            "invalid partition name specified",
            "invalid account or account/partition combination specified",
            "invalid qos specification",
            "invalid feature specification",
            "invalid generic resource (gres) specification",
            "invalid trackable resource (tres) specification",
            "invalid job array specification",
            "invalid license specification",
            "invalid cluster name specified",
            "requested node configuration is not available",
            "requested partition configuration not available now",
            "requested time limit is invalid",
            "requested reservation is invalid",
            "requested reservation not usable",
            "reservation request is invalid",
            "requested node name is invalid",
            "node count specification invalid",
            "invalid node name specified",
            "more processors requested than permitted",
            "memory required by task is not available",
            "memory specification can not be satisfied",
            "user's group not permitted to use this partition",
            "access/permission denied",
            "user not found on host",
            "invalid wckey specification",
            "this does not look like a batch script",
            "batch script is empty",
            "invalid directive found in batch script",
            "unable to open file",
            "unrecognized option",
            "invalid --");

    /** Words of time-outs, lost connections and services that are away, in lower case. */
    private static final List<String> TROUBLES = List.of(
            "timed out",
            "timeout",
            "unable to contact",
            "unable to connect",
            "connection refused",
            "connection reset",
            "connect failure",
            "zero bytes",
            "communication",
            "broken pipe",
            "munge",
            "authentication",
            "credential",
            "temporarily",
            "unexpected message",
            "failed to open persistent connection",
            "slurm backup controller",
            "unable to resolve",
            "unable to establish");

    static Refusal of(int exitCode, String errors) {
        String text = errors.toLowerCase(Locale.ROOT);
        boolean missing = exitCode == NOT_FOUND && errors.startsWith("env:");
        if (missing || exitCode != 0 && DECISIONS.stream().anyMatch(text::contains)) {
            return CERTAIN;
        }
        // Without a word, or with a signal's code, the program itself was ended.
        boolean silent = text.isBlank() || exitCode == 0 || exitCode > 128;
        return silent || TROUBLES.stream().anyMatch(text::contains) ? TROUBLE : UNRECOGNISED;
    }
}
