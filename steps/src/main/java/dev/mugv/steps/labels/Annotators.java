package dev.mugv.steps.labels;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.transaction.support.TransactionOperations;

/** Tables {@code annotator} and {@code annotator_credential}: who may label, and how they log in. */
public final class Annotators {
    /** What a person chooses is at least this long; bcrypt takes no more than 72 bytes. */
    public static final int MIN_PASSWORD = 10;

    private static final int MAX_PASSWORD_BYTES = 72;
    private static final int INVITATION_BYTES = 15;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final AuditLog audit;
    private final PasswordEncoder encoder = new BCryptPasswordEncoder();
    /** A hash that no password fits. */
    private final String nobody = encoder.encode(randomPassword());

    public Annotators(JdbcClient jdbc, TransactionOperations transactions, AuditLog audit) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.audit = audit;
    }

    /** What an annotator's credential is. Names stand in the database. */
    public enum CredentialKind {
        /** A password that an invitation gave: of use once, to choose another. */
        INVITATION,
        /** A password of their own. */
        PASSWORD,
        /** They may not log in. */
        REVOKED
    }

    /** An annotator with what counts of their credentials, and how many labels they have given. */
    public record Annotator(String name, CredentialKind credential, long labels) {}

    private record Credential(int number, CredentialKind kind, String hash) {}

    /**
     * Invites somebody, or gives somebody who is there already a new password for one use.
     *
     * @return the password, which stands nowhere else
     * @throws WorkFailure of kind INVALID_REQUEST when the name cannot be
     */
    public String invite(String name) {
        requireName(name);
        String password = randomPassword();
        transactions.executeWithoutResult(status -> {
            int added = jdbc.sql(
                            "INSERT INTO annotator (name, invited_by) VALUES (?, ?) ON CONFLICT ON CONSTRAINT annotator_pk DO NOTHING")
                    .params(name, audit.actor().text())
                    .update();
            if (added > 0) {
                audit.append(new AuditEvent(AuditKind.ANNOTATOR_INVITED, Optional.empty(), name, new TreeMap<>()));
            }
            add(name, CredentialKind.INVITATION, encoder.encode(password));
        });
        return password;
    }

    /** Whether a password is the one that counts, and of which kind it is; empty when it is not. */
    public Optional<CredentialKind> check(String name, String password) {
        Optional<Credential> credential = newest(name).filter(each -> each.kind() != CredentialKind.REVOKED);
        // As much work for a name that nobody has, so that the time does not tell which names there are.
        String hash = credential.map(Credential::hash).orElse(nobody);
        boolean fits = password.getBytes(StandardCharsets.UTF_8).length <= MAX_PASSWORD_BYTES
                && encoder.matches(password, hash);
        return fits ? credential.map(Credential::kind) : Optional.empty();
    }

    /**
     * Replaces a password by one of the annotator's own choice.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when it is too short or too long, or the same
     */
    public void choosePassword(String name, String password) {
        int bytes = password.getBytes(StandardCharsets.UTF_8).length;
        if (password.length() < MIN_PASSWORD || bytes > MAX_PASSWORD_BYTES) {
            throw refused(
                    "expected %d characters or more, of %d bytes at most".formatted(MIN_PASSWORD, MAX_PASSWORD_BYTES));
        }
        if (check(name, password).isPresent()) {
            throw refused("expected another one than before, found the same");
        }
        transactions.executeWithoutResult(status -> add(name, CredentialKind.PASSWORD, encoder.encode(password)));
    }

    private static WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST, "Cannot take this password: %s. Choose another.".formatted(fact));
    }

    /**
     * Takes away somebody's way in; their labels stay.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when there is nobody of this name
     */
    public void revoke(String name) {
        if (newest(name).isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot revoke annotator '%s': expected one of %s. See 'mugv annotators list'."
                            .formatted(name, all().stream().map(Annotator::name).toList()));
        }
        transactions.executeWithoutResult(status -> add(name, CredentialKind.REVOKED, ""));
    }

    /** Number of the credential that counts; 0 where there is none, or it was revoked. */
    public int credential(String name) {
        return newest(name)
                .filter(each -> each.kind() != CredentialKind.REVOKED)
                .map(Credential::number)
                .orElse(0);
    }

    /** Everybody, by name. */
    public List<Annotator> all() {
        return jdbc.sql("""
                        SELECT DISTINCT ON (c.name) c.name, c.kind, (SELECT count(*) FROM label l WHERE l.annotator = c.name) AS labels
                        FROM annotator_credential c ORDER BY c.name, c.number DESC""")
                .query((row, number) -> new Annotator(
                        row.getString("name"), CredentialKind.valueOf(row.getString("kind")), row.getLong("labels")))
                .list();
    }

    private Optional<Credential> newest(String name) {
        return jdbc.sql("SELECT * FROM annotator_credential WHERE name = ? ORDER BY number DESC LIMIT 1")
                .param(name)
                .query((row, number) -> new Credential(
                        row.getInt("number"), CredentialKind.valueOf(row.getString("kind")), row.getString("hash")))
                .optional();
    }

    private void add(String name, CredentialKind kind, String hash) {
        int number = newest(name).map(Credential::number).orElse(0) + 1;
        jdbc.sql("INSERT INTO annotator_credential (name, number, kind, hash) VALUES (?, ?, ?, ?)")
                .params(name, number, kind.name(), hash)
                .update();
        audit.append(new AuditEvent(
                AuditKind.CREDENTIAL_SET,
                Optional.empty(),
                name + "/" + number,
                new TreeMap<>(Map.of(
                        "credential", kind.name(), "hash-sha256", Sha256.of(hash.getBytes(StandardCharsets.UTF_8))))));
    }

    private static String randomPassword() {
        byte[] random = new byte[INVITATION_BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private static void requireName(String name) {
        if (!name.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot invite '%s': expected a name of up to 64 small letters, digits, dots, hyphens and underscores. Give another."
                            .formatted(name));
        }
    }
}
