package dev.mugv.slurm.ssh;

import java.nio.file.Path;
import java.util.Optional;

/** How the controller proves who it is. Passwords are not offered: an unattended program has nobody to type one. */
public sealed interface SshAuthentication {
    /**
     * A private key.
     *
     * @param file OpenSSH or PEM format
     * @param passphraseFile its first line unlocks the key; empty for a key without passphrase
     */
    record PrivateKey(Path file, Optional<Path> passphraseFile) implements SshAuthentication {}

    /** The keys of the running agent, found by {@code SSH_AUTH_SOCK}. */
    record Agent() implements SshAuthentication {}
}
