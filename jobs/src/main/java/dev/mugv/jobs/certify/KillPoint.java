package dev.mugv.jobs.certify;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where a controller is killed: between any two changes of what the ledger or Slurm knows. */
enum KillPoint {
    PLANNED(" planned$"),
    /** Decided and committed, never handed over. */
    PREPARED(" elements=\\d+ prepared$"),
    WITHDRAWN(" withdrawn: "),
    /** Committed as being handed over; sbatch has not been called. */
    HANDING_OVER(" handing over$"),
    /** Slurm has the job; its answer is not noted. */
    ANSWERED(""),
    ACCEPTED(" accepted as "),
    ADOPTED(" adopted$"),
    /** A search has proved that Slurm never had it. */
    ABSENT(" prepared again$"),
    RUNNING(" running on "),
    /** Slurm was asked for states; nothing is noted yet. */
    ASKED(""),
    DECIDED(" SUCCEEDED$"),
    /** Everything is decided and recorded; Spring Batch does not know. */
    COMPLETED(" completed$");

    private final Optional<Pattern> line;

    KillPoint(String line) {
        this.line = line.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(line));
    }

    /** The point that a line of the engine's log stands for. */
    static Optional<KillPoint> of(String line) {
        return Arrays.stream(values())
                .filter(point ->
                        point.line.isPresent() && point.line.get().matcher(line).find())
                .findFirst();
    }
}
