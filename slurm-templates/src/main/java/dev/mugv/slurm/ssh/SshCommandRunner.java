package dev.mugv.slurm.ssh;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.slurm.script.ShellText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Runs programs on a login node over one SSH session that is kept open. A command is sent once: when the link is lost under way, the
 * answer is "no answer", and whoever asked finds out what became of it by other means.
 */
public final class SshCommandRunner implements CommandRunner, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(5);
    /** What JSch says while no exit status has arrived, also when the link is gone. */
    private static final int NO_STATUS = -1;

    private final HeldLink held;

    public SshCommandRunner(SshSettings settings, InstantSource clock) {
        this.held = new HeldLink(settings, clock);
    }

    /** Files at the other end, over the same session. */
    public RemoteFiles files() throws IOException {
        return RemoteFiles.open(held);
    }

    @Override
    public CommandResult run(List<String> command, Duration limit) {
        Deadline end = Deadline.in(limit);
        try {
            SshLink open = held.enter();
            try {
                return run(open, ShellText.quote(command), end);
            } finally {
                open.leave();
            }
        } catch (LinkException e) {
            return new CommandResult.NoAnswer(String.valueOf(e.getMessage()));
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
        return end.left().isZero() ? "no end within the time limit" : "the SSH link to " + held.label() + " was lost";
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
    public void close() {
        held.close();
    }
}
