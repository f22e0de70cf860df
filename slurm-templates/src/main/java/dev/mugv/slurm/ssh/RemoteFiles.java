package dev.mugv.slurm.ssh;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files at the other end of a link, by SFTP over the session that commands use too. Copies bytes and nothing else: names, hashes and
 * renames are its user's. One thread at a time.
 */
public final class RemoteFiles implements AutoCloseable {
    private static final Duration FOR_A_PLACE = Duration.ofSeconds(60);
    private static final Pattern PATTERN = Pattern.compile("[\\\\*?]");

    private final SshLink link;
    private final ChannelSftp channel;
    private final String label;
    private @Nullable SftpException failure;

    private RemoteFiles(SshLink link, ChannelSftp channel, String label) {
        this.link = link;
        this.channel = channel;
        this.label = label;
    }

    /** Opens a channel, and the link if it is down. */
    static RemoteFiles open(HeldLink held) throws IOException {
        try {
            SshLink link = held.enter();
            try {
                ChannelSftp channel = link.sftp(FOR_A_PLACE);
                try {
                    channel.connect(Math.toIntExact(FOR_A_PLACE.toMillis()));
                    return new RemoteFiles(link, channel, held.label());
                } catch (JSchException e) {
                    channel.disconnect();
                    link.retire();
                    throw new IOException("no SFTP with " + held.label() + ": " + e.getMessage(), e);
                }
            } catch (LinkException | IOException e) {
                link.leave();
                throw e;
            }
        } catch (LinkException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Writes a file there; what stood under its name is replaced, and is half when this throws. */
    public void put(Path from, String to) throws IOException {
        try (InputStream in = Files.newInputStream(from)) {
            channel.put(in, plain(to), ChannelSftp.OVERWRITE);
        } catch (SftpException e) {
            throw failed("write '" + to + "'", e);
        }
    }

    /**
     * Appends what a file there holds from some byte on to a file here.
     *
     * @return false when there is no such file
     */
    public boolean append(String from, long skip, Path to) throws IOException {
        try (OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            channel.get(plain(from), out, null, skip > 0 ? ChannelSftp.RESUME : ChannelSftp.OVERWRITE, skip);
            return true;
        } catch (SftpException e) {
            if (e.id == ChannelSftp.SSH_FX_NO_SUCH_FILE) {
                return false;
            }
            throw failed("read '" + from + "'", e);
        }
    }

    /** JSch takes names for patterns. */
    private static String plain(String name) {
        return PATTERN.matcher(name).replaceAll("\\\\$0");
    }

    private IOException failed(String what, SftpException e) {
        failure = e;
        return new IOException("cannot " + what + " on " + label + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        boolean lost = failure != null && !channel.isConnected();
        channel.disconnect();
        if (lost) {
            link.retire();
        } else {
            link.free();
        }
        link.leave();
    }
}
