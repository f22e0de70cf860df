package dev.mugv.slurm.local;

import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The records of one element that has begun, read as facts. */
record ElementView(ElementId element, int index, ElementRecords records, Map<String, String> begin) {
    /** Exit codes from here on are 128 plus a signal's number (Bash manual, 3.7.5). */
    private static final int FIRST_SIGNAL_STATUS = 129;

    boolean cancelledBeforeStart() {
        return "cancelled".equals(begin.get("kind"));
    }

    String host() {
        return begin.getOrDefault("host", "");
    }

    /** Whether this machine started it, in this boot or an earlier one. */
    boolean startedHere() {
        return ProcessIdentity.currentBootId().equals(begin.get("boot"))
                || HostName.current().equals(host());
    }

    ProcessIdentity supervisor() {
        return new ProcessIdentity(
                Long.parseLong(begin.getOrDefault("pid", "-1")),
                Long.parseLong(begin.getOrDefault("start", "-1")),
                begin.getOrDefault("boot", ""));
    }

    Instant startedAt() {
        return ElementRecords.instant(begin, "at");
    }

    Instant stopUntil() throws IOException {
        return ElementRecords.instant(records.find(ElementRecords.stop(index)).orElse(Map.of()), "until");
    }

    boolean hasEnd() throws IOException {
        return records.names().contains(ElementRecords.end(index));
    }

    void recordVanished(Instant now) throws IOException {
        records.create(ElementRecords.end(index), Map.of("kind", "vanished", "at", now.getEpochSecond()));
    }

    Observation.Ended ended() throws IOException {
        if (cancelledBeforeStart()) {
            return new Observation.Ended(
                    0,
                    Observation.EndState.CANCELLED,
                    OptionalInt.empty(),
                    Optional.empty(),
                    startedAt(),
                    "cancelled before its start");
        }
        Map<String, String> end = records.find(ElementRecords.end(index)).orElseThrow();
        Instant endedAt = ElementRecords.instant(end, "at");
        if (!"exited".equals(end.get("kind"))) {
            return new Observation.Ended(
                    0,
                    Observation.EndState.NODE_FAILURE,
                    OptionalInt.empty(),
                    Optional.of(startedAt()),
                    endedAt,
                    "its supervisor is gone and left no account");
        }
        int status = Integer.parseInt(end.getOrDefault("status", "1"));
        return new Observation.Ended(
                0, state(status), OptionalInt.of(status), Optional.of(startedAt()), endedAt, "exit status " + status);
    }

    private Observation.EndState state(int status) throws IOException {
        if (status == 0) {
            return Observation.EndState.COMPLETED;
        }
        if (records.find(ElementRecords.limit(index)).isPresent()) {
            return Observation.EndState.TIME_LIMIT;
        }
        boolean killedByUs = status >= FIRST_SIGNAL_STATUS
                && records.find(ElementRecords.stop(index)).isPresent();
        return killedByUs ? Observation.EndState.CANCELLED : Observation.EndState.FAILED;
    }
}
