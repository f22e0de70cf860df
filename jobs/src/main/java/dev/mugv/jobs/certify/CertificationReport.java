package dev.mugv.jobs.certify;

import java.time.Instant;
import java.util.List;

/**
 * What a certification came to; what {@code mugv certify --json} prints.
 *
 * @param version of Slurm
 * @param submissions Slurm jobs that came of it
 * @param attempts decisions to try
 * @param runs executions
 * @param attemptsHit attempts that were open when a fault happened to them or to their controller
 * @param faults each fault in the order of the plan
 * @param findings what is wrong; empty lists are what certifies
 */
public record CertificationReport(
        String version,
        Instant startedAt,
        long seconds,
        int rounds,
        long seed,
        int submissions,
        int attempts,
        int runs,
        int attemptsHit,
        List<FaultResult> faults,
        FoundWrong findings) {
    public CertificationReport {
        faults = List.copyOf(faults);
    }

    /** Whether nothing was done twice, lost or judged wrongly, and every fault that could be tried was. */
    public boolean certifies() {
        return findings.duplicates().isEmpty()
                && findings.losses().isEmpty()
                && findings.wrongVerdicts().isEmpty();
    }

    /**
     * One fault of one round.
     *
     * @param attemptsHit by it
     * @param notTried why it was not tried here; empty when it was
     */
    public record FaultResult(int round, String fault, int attemptsHit, long seconds, String notTried) {}

    /** As {@code Findings}, for readers of the JSON. */
    public record FoundWrong(
            List<String> duplicates, List<String> losses, List<String> wrongVerdicts, List<String> unexplained) {
        static FoundWrong of(Findings findings) {
            return new FoundWrong(
                    findings.duplicates(), findings.losses(), findings.wrongVerdicts(), findings.unexplained());
        }
    }
}
