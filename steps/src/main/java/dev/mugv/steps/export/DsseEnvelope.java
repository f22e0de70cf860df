package dev.mugv.steps.export;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A signed statement: the envelope of DSSE 1.0 (github.com/secure-systems-lab/dsse) with one Ed25519 signature over its
 * pre-authentication encoding.
 *
 * @param payload base64
 */
public record DsseEnvelope(String payloadType, String payload, List<SignatureLine> signatures) {
    /** Of in-toto statements. */
    public static final String IN_TOTO = "application/vnd.in-toto+json";

    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    /**
     * @param keyid a hint which key it was, unsigned
     * @param sig base64
     */
    public record SignatureLine(String keyid, String sig) {}

    /** Signs. */
    public static DsseEnvelope sign(String payloadType, byte[] payload, SigningKey key) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key.key());
            signature.update(preAuthentication(payloadType, payload));
            Base64.Encoder base64 = Base64.getEncoder();
            return new DsseEnvelope(
                    payloadType,
                    base64.encodeToString(payload),
                    List.of(new SignatureLine(key.id(), base64.encodeToString(signature.sign()))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot sign by Ed25519", e);
        }
    }

    /** What is signed: type and content with their lengths, so that neither can be taken for the other. */
    public static byte[] preAuthentication(String payloadType, byte[] payload) {
        byte[] head = "DSSEv1 %d %s %d "
                .formatted(payloadType.getBytes(StandardCharsets.UTF_8).length, payloadType, payload.length)
                .getBytes(StandardCharsets.UTF_8);
        byte[] all = java.util.Arrays.copyOf(head, head.length + payload.length);
        System.arraycopy(payload, 0, all, head.length, payload.length);
        return all;
    }

    /** The envelope's text, with the names of the standard, which are not those of our own files. */
    public String text() {
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("payloadType", payloadType);
        envelope.put("payload", payload);
        envelope.put(
                "signatures",
                signatures.stream()
                        .map(line -> Map.of("keyid", line.keyid(), "sig", line.sig()))
                        .toList());
        return Json.pretty(envelope) + "\n";
    }

    /**
     * An Ed25519 key.
     *
     * @param id a hint for those who verify: the name of the key's file
     */
    public record SigningKey(PrivateKey key, String id) {
        /**
         * Reads a key as {@code openssl genpkey -algorithm ed25519} writes it.
         *
         * @throws WorkFailure of kind INVALID_REQUEST when the file holds none
         */
        public static SigningKey read(Path file) {
            try {
                String text = Files.readString(file);
                int begin = text.indexOf(BEGIN);
                int end = text.indexOf(END);
                if (begin < 0 || end < begin) {
                    throw refused(file, "no '" + BEGIN + "'");
                }
                byte[] encoded = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
                return new SigningKey(
                        KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded)),
                        String.valueOf(file.getFileName()));
            } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
                throw refused(file, e.toString());
            }
        }

        private static WorkFailure refused(Path file, String found) {
            return new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    ("Cannot sign with '%s': expected an Ed25519 key in PEM, found: %s."
                                    + " Make one by 'openssl genpkey -algorithm ed25519 -out key.pem'.")
                            .formatted(file, found));
        }
    }
}
