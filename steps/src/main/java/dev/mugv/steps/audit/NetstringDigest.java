package dev.mugv.steps.audit;

import dev.mugv.model.run.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** SHA-256 over fields as netstrings ({@code <length of the UTF-8 bytes>:<bytes>,}), which cannot be taken for their neighbours. */
public final class NetstringDigest {
    private final MessageDigest digest = Sha256.digest();

    /** Adds a field. */
    public NetstringDigest field(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(ByteBuffer.wrap(bytes));
        digest.update((byte) ',');
        return this;
    }

    /** Adds text as it is, for what has marks of its own between its parts. */
    public NetstringDigest plain(String value) {
        digest.update(value.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** The hash; nothing can be added any more. */
    public byte[] bytes() {
        return digest.digest();
    }

    /** The same in hexadecimal. */
    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }
}
