package dev.mugv.slurm.client;

import java.util.List;
import java.util.Locale;

/**
 * Which words of sbatch mean that the job does not and will not exist. Only words known for that count: after any others,
 * such as a time-out or a lost connection, the job may be in the queue.
 */
final class Refusal {
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

    private Refusal() {}

    static boolean isCertain(int exitCode, String errors) {
        if (exitCode == NOT_FOUND && errors.startsWith("env:")) {
            return true;
        }
        String text = errors.toLowerCase(Locale.ROOT);
        return exitCode != 0 && DECISIONS.stream().anyMatch(text::contains);
    }
}
