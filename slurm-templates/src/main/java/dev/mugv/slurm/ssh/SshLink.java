package dev.mugv.slurm.ssh;

import com.jcraft.jsch.AgentConnector;
import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.Channel;
import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.Session;
import dev.mugv.slurm.ssh.LinkException.Cure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One login that is alive, with its way over jump hosts. It cannot be revived once it is down: another one is opened.
 *
 * <p>Channels are counted by what the server knows of: it frees one when the remote program has ended, not when we stop listening
 * (measured on OpenSSH 9.2), so a program that was given up keeps its place.
 */
final class SshLink implements AutoCloseable {
    private static final int MISSED_SIGNS = 3;

    private final List<Session> sessions;
    private final Semaphore places;
    private boolean retired;
    private int users;

    private SshLink(List<Session> sessions, int channels) {
        this.sessions = sessions;
        this.places = new Semaphore(channels, true);
    }

    /** Logs in, host after host. */
    static SshLink open(SshSettings settings) throws LinkException {
        List<SshHost> way = new ArrayList<>();
        for (SshHost at = settings.host(); ; at = at.jump().get()) {
            way.add(0, at);
            if (at.jump().isEmpty()) {
                break;
            }
        }
        List<Session> sessions = new ArrayList<>();
        try {
            JSch client = client(settings);
            for (SshHost host : way) {
                Session session = sessions.isEmpty()
                        ? client.getSession(host.user(), host.name(), host.port())
                        : over(sessions.get(sessions.size() - 1), client, host);
                sessions.add(session);
                connect(session, settings);
            }
            return new SshLink(sessions, settings.channels());
        } catch (JSchException | AgentProxyException | IOException e) {
            close(sessions);
            throw refused(settings, e);
        }
    }

    private static JSch client(SshSettings settings) throws JSchException, AgentProxyException, IOException {
        JSch client = new JSch();
        client.setKnownHosts(settings.knownHosts().toString());
        if (settings.authentication() instanceof SshAuthentication.PrivateKey key) {
            if (key.passphraseFile().isPresent()) {
                client.addIdentity(
                        key.file().toString(), firstLine(key.passphraseFile().get()));
            } else {
                client.addIdentity(key.file().toString());
            }
        } else {
            AgentConnector agent = new SSHAgentConnector();
            client.setIdentityRepository(new AgentIdentityRepository(agent));
        }
        return client;
    }

    private static String firstLine(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        return lines.isEmpty() ? "" : lines.get(0);
    }

    /** The jump host carries a TCP connection: it sees only what is encrypted for the host behind it. */
    private static Session over(Session jump, JSch client, SshHost host) throws JSchException {
        int local = jump.setPortForwardingL("127.0.0.1", 0, host.name(), host.port());
        Session session = client.getSession(host.user(), "127.0.0.1", local);
        // OpenSSH's own form of a name in the known hosts.
        session.setHostKeyAlias(host.port() == 22 ? host.name() : "[" + host.name() + "]:" + host.port());
        return session;
    }

    private static void connect(Session session, SshSettings settings) throws JSchException {
        session.setConfig("StrictHostKeyChecking", "yes");
        session.setConfig("PreferredAuthentications", "publickey");
        session.setServerAliveCountMax(MISSED_SIGNS);
        session.connect(Math.toIntExact(settings.connectLimit().toMillis()));
        // After connect: the interval is kept as the socket's timeout, which connecting sets as well.
        session.setServerAliveInterval(Math.toIntExact(settings.keepAlive().toMillis()));
    }

    private static LinkException refused(SshSettings settings, Exception cause) {
        boolean hostKey = cause instanceof JSchHostKeyException;
        String said = String.valueOf(cause.getMessage());
        boolean login = said.startsWith("Auth ") || said.contains("USERAUTH") || said.startsWith("invalid privatekey");
        boolean local = cause instanceof IOException || cause instanceof AgentProxyException;
        String next = hostKey
                ? "Compare the host's key with its administrators' and put it into '" + settings.knownHosts() + "'"
                : login || local ? "Correct the key or the agent, then start again" : "It is tried again";
        return new LinkException(
                "no SSH link to " + settings.host().label() + ": " + said + ". " + next,
                hostKey || login || local ? Cure.PERSON : Cure.TIME,
                cause);
    }

    /** Whether what was sent can still be answered. */
    boolean isConnected() {
        return sessions.stream().allMatch(Session::isConnected);
    }

    /** A channel for a command that is not connected yet, if a place becomes free in time. */
    ChannelExec channel(Duration limit) throws LinkException {
        return (ChannelExec) channel("exec", limit);
    }

    /** The same for files. */
    ChannelSftp sftp(Duration limit) throws LinkException {
        return (ChannelSftp) channel("sftp", limit);
    }

    private Channel channel(String type, Duration limit) throws LinkException {
        try {
            if (!places.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LinkException("every channel was in use", Cure.TIME, new IllegalStateException("no place"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted", Cure.TIME, e);
        }
        try {
            return sessions.get(sessions.size() - 1).openChannel(type);
        } catch (JSchException e) {
            places.release();
            throw new LinkException("the SSH link is down: " + e.getMessage(), Cure.TIME, e);
        }
    }

    /** Gives a place back whose program has ended, or was never started. */
    void free() {
        places.release();
    }

    /** Counts a user; false when the link is not to be used any more. */
    synchronized boolean enter() {
        if (retired || !isConnected()) {
            return false;
        }
        users++;
        return true;
    }

    /** Counts a user off; a retired link is closed by its last one. */
    synchronized void leave() {
        users--;
        closeIfUnused();
    }

    /** Takes no more users. */
    synchronized void retire() {
        retired = true;
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (retired && users == 0) {
            close(sessions);
        }
    }

    @Override
    public void close() {
        close(sessions);
    }

    private static void close(List<Session> sessions) {
        List<Session> backwards = new ArrayList<>(sessions);
        Collections.reverse(backwards);
        backwards.forEach(Session::disconnect);
    }
}
