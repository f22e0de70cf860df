package dev.mugv.slurm.ssh;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.shell.ProcessShellFactory;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/** A real SSH server on this machine that runs commands by sh, as sshd does by the user's login shell. */
public final class LoginNode implements AutoCloseable {
    private final AtomicInteger connections = new AtomicInteger();
    private final List<PublicKey> allowed = new CopyOnWriteArrayList<>();
    private final Path folder;
    private final Path key;
    private final int port;
    private SshServer server;

    public LoginNode(Path folder) throws IOException, JSchException {
        this.folder = folder;
        key = folder.resolve("id_ecdsa");
        allowed.add(newKey(key));
        server = listen(0);
        port = server.getPort();
        String line = PublicKeyEntry.toString(
                hostKey().loadKeys(null).iterator().next().getPublic());
        Files.writeString(knownHosts(), "[127.0.0.1]:%d %s%n".formatted(port, line));
    }

    private SimpleGeneratorHostKeyProvider hostKey() {
        SimpleGeneratorHostKeyProvider hostKey = new SimpleGeneratorHostKeyProvider(folder.resolve("host-key"));
        hostKey.setAlgorithm(KeyUtils.EC_ALGORITHM);
        return hostKey;
    }

    private SshServer listen(int at) throws IOException {
        SshServer fresh = SshServer.setUpDefaultServer();
        fresh.setHost("127.0.0.1");
        fresh.setPort(at);
        fresh.setKeyPairProvider(hostKey());
        fresh.setPublickeyAuthenticator(
                (user, given, session) -> allowed.stream().anyMatch(each -> KeyUtils.compareKeys(given, each)));
        fresh.setSubsystemFactories(List.of(new SftpSubsystemFactory()));
        fresh.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        fresh.setCommandFactory(
                (channel, command) -> new ProcessShellFactory(command, "/bin/sh", "-c", command).createShell(channel));
        fresh.addSessionListener(new SessionListener() {
            @Override
            public void sessionEstablished(Session session) {
                connections.incrementAndGet();
            }
        });
        fresh.start();
        return fresh;
    }

    /** Makes a key pair whose private half is written to the file. */
    static PublicKey newKey(Path file) throws IOException, JSchException {
        KeyPair pair = KeyPair.genKeyPair(new JSch(), KeyPair.ECDSA, 256);
        pair.writePrivateKey(file.toString());
        pair.writePublicKey(file + ".pub", "test");
        return publicHalf(file);
    }

    /** The same with a private half that only a passphrase opens. */
    static PublicKey newKey(Path file, String passphrase) throws IOException, JSchException {
        KeyPair pair = KeyPair.genKeyPair(new JSch(), KeyPair.ECDSA, 256);
        pair.writePrivateKey(file.toString(), passphrase.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        pair.writePublicKey(file + ".pub", "test");
        return publicHalf(file);
    }

    /** Lets the owner of another key in. */
    void accept(PublicKey other) {
        allowed.add(other);
    }

    private static PublicKey publicHalf(Path file) throws IOException {
        try {
            return PublicKeyEntry.parsePublicKeyEntry(Files.readString(Path.of(file + ".pub")))
                    .resolvePublicKey(null, null, null);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets the owner of another private key in. */
    void accept(Path key) throws IOException {
        allowed.add(publicHalf(key));
    }

    public Path key() {
        return key;
    }

    public Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    public SshHost host(Optional<SshHost> jump) {
        return new SshHost("127.0.0.1", port, "hpc", jump);
    }

    /** Connections that were ever made to it. */
    public int connections() {
        return connections.get();
    }

    /** Cuts every link, as a restarted firewall does. */
    public void cut() {
        server.getActiveSessions().forEach(session -> session.close(true));
    }

    /** Sessions with a user that is logged in. */
    long users() {
        return server.getActiveSessions().stream()
                .filter(ServerSession.class::isInstance)
                .filter(session -> session.isAuthenticated())
                .count();
    }

    /** Starts it again at its port. */
    public void restart() throws IOException {
        server = listen(port);
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }
}
