package dev.mugv.jobs.web;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.labels.Annotators;
import dev.mugv.steps.labels.Annotators.CredentialKind;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/** Who is logged in, and the token without which nothing is changed in their name. */
final class AnnotationSession {
    /** Where the token stands in a request of a script; forms have a field {@code csrf}. */
    static final String TOKEN_HEADER = "X-CSRF-Token";

    private static final String WHO = "annotator";
    private static final String TOKEN = "csrf";
    private static final int TOKEN_BYTES = 24;

    private final Annotators annotators;

    AnnotationSession(Annotators annotators) {
        this.annotators = annotators;
    }

    /**
     * An annotator who is logged in.
     *
     * @param credential number of the credential that they logged in with: another one ends the session
     */
    record Login(String name, CredentialKind kind, int credential) implements java.io.Serializable {}

    /** Who asks; empty when nobody is logged in, or not any more. */
    Optional<Login> login(HttpServletRequest asked) {
        HttpSession session = asked.getSession(false);
        return Optional.ofNullable(session)
                .flatMap(there -> Optional.ofNullable((Login) there.getAttribute(WHO)))
                .filter(login -> annotators.credential(login.name()) == login.credential());
    }

    /** Who asks, if they may label. */
    Optional<String> annotator(HttpServletRequest asked) {
        return login(asked)
                .filter(login -> login.kind() == CredentialKind.PASSWORD)
                .map(Login::name);
    }

    /** The token of the asker's session, which begins with it. */
    String token(HttpServletRequest asked) {
        HttpSession session = asked.getSession(true);
        String known = (String) session.getAttribute(TOKEN);
        if (known != null) {
            return known;
        }
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        session.setAttribute(TOKEN, token);
        return token;
    }

    /**
     * Refuses what a foreign page has made a browser send.
     *
     * @throws WorkFailure of kind INVALID_REQUEST without the session's token
     */
    void requireToken(HttpServletRequest asked) {
        HttpSession session = asked.getSession(false);
        Object expected = session == null ? null : session.getAttribute(TOKEN);
        String header = asked.getHeader(TOKEN_HEADER);
        String found = header == null ? String.valueOf(asked.getParameter(TOKEN)) : header;
        if (!(expected instanceof String token)
                || !MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.UTF_8), found.getBytes(StandardCharsets.UTF_8))) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot do this: expected the token of your session, found another or none. Load the page again.");
        }
    }

    /** Begins a session of its own id, so that nobody has given it away before. */
    void begin(HttpServletRequest asked, String name, CredentialKind kind) {
        asked.getSession(true).invalidate();
        asked.getSession(true).setAttribute(WHO, new Login(name, kind, annotators.credential(name)));
    }

    void end(HttpServletRequest asked) {
        HttpSession session = asked.getSession(false);
        if (session != null) {
            session.invalidate();
        }
    }
}
