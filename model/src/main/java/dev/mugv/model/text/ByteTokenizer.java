package dev.mugv.model.text;

import java.nio.charset.StandardCharsets;

/** A token a byte of UTF-8: ids 0 padding, 1 end, 2 unknown (neither padding nor unknown is ever made), then the bytes. */
final class ByteTokenizer implements TextTokenizer {
    static final int VOCABULARY = 259;
    private static final int FIRST_BYTE = 3;
    private static final int END = 1;

    @Override
    public long[] encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        long[] ids = new long[bytes.length + 1];
        for (int i = 0; i < bytes.length; i++) {
            ids[i] = (bytes[i] & 0xff) + FIRST_BYTE;
        }
        ids[bytes.length] = END;
        return ids;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
