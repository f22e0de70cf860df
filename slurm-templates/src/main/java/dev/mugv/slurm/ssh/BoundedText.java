package dev.mugv.slurm.ssh;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What a program says, up to a size that no answer of Slurm's reaches; what comes after it is dropped and noted. */
final class BoundedText extends OutputStream {
    /** More than any answer for 100,000 elements; a program that says more is out of control. */
    static final int MOST_BYTES = 256 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean cut;

    @Override
    public synchronized void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] values, int offset, int length) {
        int room = MOST_BYTES - bytes.size();
        cut |= length > room;
        bytes.write(values, offset, Math.min(room, length));
    }

    synchronized boolean isCut() {
        return cut;
    }

    synchronized String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
