package dev.mugv.slurm.ssh;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.slurm.script.ShellText;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs on a login node over one SSH session that is kept open. A command is sent once: when the link is lost under way, the
 * answer is "no answer", and whoever asked finds out what became of it by other means. A link that cannot be had is tried again after
 * growing pauses; one that was refused (host key, login) is not tried again at all, because repeated refusals get accounts locked.
 */
public final class SshCommandRunner implements CommandRunner, AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(5);
    /** What JSch says while no exit status has arrived, also when the link is gone. */
    private static final int NO_STATUS = -1;

    private final SshSettings settings;
    private final InstantSource clock;
    private @Nullable SshLink link;
    private @Nullable LinkException refusal;
    private Instant notBefore = Instant.MIN;
    private Duration pause = FIRST_PAUSE;

    public SshCommandRunner(SshSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public CommandResult run(List<String> command, Duration limit) {
        Deadline end = Deadline.in(limit);
        try {
            SshLink open = enter();
            try {
                return run(open, ShellText.quote(command), end);
            } finally {
                open.leave();
            }
        } catch (LinkException e) {
            return new CommandResult.NoAnswer(String.valueOf(e.getMessage()));
        }
    }

    private synchronized SshLink enter() throws LinkException {
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

    private CommandResult run(SshLink open, String command, Deadline end) throws LinkException {
        ChannelExec channel = open.channel(end.left());
        BoundedText out = new BoundedText();
        BoundedText err = new BoundedText();
        boolean ended = false;
        try {
            channel.setCommand(command);
            channel.setInputStream(new ByteArrayInputStream(new byte[0]));
            channel.setOutputStream(out);
            channel.setErrStream(err);
            channel.connect(Math.max(1, Math.toIntExact(end.left().toMillis())));
            while (!channel.isClosed() && open.isConnected() && !end.left().isZero()) {
                Thread.sleep(POLL.toMillis());
            }
            ended = channel.isClosed() && channel.getExitStatus() != NO_STATUS;
            if (ended && !out.isCut() && !err.isCut()) {
                return new CommandResult.Finished(channel.getExitStatus(), out.text(), err.text());
            }
            return new CommandResult.NoAnswer(reason(end, out, err));
        } catch (JSchException e) {
            return new CommandResult.NoAnswer("the SSH link failed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CommandResult.NoAnswer("interrupted");
        } finally {
            channel.disconnect();
            if (ended) {
                open.free();
            } else {
                // The program may go on and keep its place at the server: new commands get a new link.
                open.retire();
            }
        }
    }

    /** A link that is lost closes its channels before it says that it is down, so the clock tells. */
    private String reason(Deadline end, BoundedText out, BoundedText err) {
        if (out.isCut() || err.isCut()) {
            return "more than " + BoundedText.MOST_BYTES + " bytes";
        }
        return end.left().isZero()
                ? "no end within the time limit"
                : "the SSH link to " + settings.host().label() + " was lost";
    }

    /** A moment on the clock that never jumps: what is waited for is a real program. */
    private record Deadline(long nanoTime) {
        static Deadline in(Duration limit) {
            return new Deadline(System.nanoTime() + limit.toNanos());
        }

        Duration left() {
            return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
        }
    }

    @Override
    public synchronized void close() {
        if (link != null) {
            link.close();
        }
    }
}
