package dev.mugv.jobs.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Slows down whoever tries passwords: after some wrong ones for a name, or from an address, each further one costs a wait that
 * doubles. What was tried long ago is forgotten.
 */
final class LoginThrottle {
    private static final int FREE_FOR_A_NAME = 5;
    private static final int FREE_FROM_AN_ADDRESS = 20;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final int KEPT = 10_000;

    private final Clock clock;
    private final Map<String, Failures> failures = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > KEPT;
        }
    };

    LoginThrottle(Clock clock) {
        this.clock = clock;
    }

    private record Failures(int count, Instant last, Instant open) {}

    /** How long to wait before another try is heard; empty when it is heard now. */
    synchronized Optional<Duration> delay(String name, String address) {
        Instant now = clock.instant();
        return java.util.stream.Stream.of(key("name", name), key("address", address))
                .map(failures::get)
                .filter(java.util.Objects::nonNull)
                .map(known -> Duration.between(now, known.open()))
                .filter(left -> left.compareTo(Duration.ZERO) > 0)
                .max(Duration::compareTo);
    }

    /** A password was wrong. */
    synchronized void failed(String name, String address) {
        note(key("name", name), FREE_FOR_A_NAME);
        note(key("address", address), FREE_FROM_AN_ADDRESS);
    }

    /** A password was right: the name's wrong ones are forgotten, those of the address are not. */
    synchronized void succeeded(String name) {
        failures.remove(key("name", name));
    }

    private void note(String key, int free) {
        Instant now = clock.instant();
        Failures known = failures.get(key);
        boolean fresh =
                known == null || known.last().plus(LONGEST_WAIT.multipliedBy(2)).isBefore(now);
        int count = fresh || known == null ? 1 : known.count() + 1;
        Duration wait = Duration.ZERO;
        if (count >= free) {
            // Thirty seconds doubled nine times would be hours: the longest wait is reached before that.
            wait = FIRST_WAIT.multipliedBy(1L << Math.min(count - free, 9));
            wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        }
        failures.put(key, new Failures(count, now, now.plus(wait)));
    }

    private static String key(String kind, String value) {
        return kind + ":" + value;
    }
}
