package dev.mugv.slurm.ssh;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The one link to a host that is kept open for all who use it. One that cannot be had is tried again after growing pauses; one that was
 * refused (host key, login) is not tried again at all, because repeated refusals get accounts locked.
 */
final class HeldLink implements AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final SshSettings settings;
    private final InstantSource clock;
    private @Nullable SshLink link;
    private @Nullable LinkException refusal;
    private Instant notBefore = Instant.MIN;
    private Duration pause = FIRST_PAUSE;

    HeldLink(SshSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** The host, for messages. */
    String label() {
        return settings.host().label();
    }

    /** The link, with one user more; to be left by {@link SshLink#leave}. */
    synchronized SshLink enter() throws LinkException {
        if (refusal != null && refusal.cure() == LinkException.Cure.PERSON) {
            throw refusal;
        }
        if (link != null && link.enter()) {
            return link;
        }
        if (refusal != null && clock.instant().isBefore(notBefore)) {
            throw refusal;
        }
        if (link != null) {
            link.retire();
        }
        try {
            SshLink fresh = SshLink.open(settings);
            fresh.enter();
            link = fresh;
            refusal = null;
            pause = FIRST_PAUSE;
            return fresh;
        } catch (LinkException e) {
            refusal = e;
            notBefore = clock.instant().plus(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        if (link != null) {
            link.close();
        }
    }
}
