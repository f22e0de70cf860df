package dev.mugv.kernels.device;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a worker computes on: {@code cpu}, or {@code cuda:N}, the N-th GPU that the process sees ({@code CUDA_VISIBLE_DEVICES}).
 *
 * @param kind processor or GPU
 * @param ordinal of the GPU, from 0; 0 for the processor
 */
public record Device(Kind kind, int ordinal) {
    public static final Device CPU = new Device(Kind.CPU, 0);

    private static final Pattern TEXT = Pattern.compile("cpu|cuda(?::(\\d{1,4}))?");

    /** What kind of device. */
    public enum Kind {
        CPU,
        CUDA
    }

    public Device {
        if (ordinal < 0 || (kind == Kind.CPU && ordinal != 0)) {
            throw new IllegalArgumentException("expected an ordinal from 0, and 0 for a processor, found " + ordinal);
        }
    }

    public static Device cuda(int ordinal) {
        return new Device(Kind.CUDA, ordinal);
    }

    /**
     * The device of a text: {@code cpu}, {@code cuda} (the first GPU) or {@code cuda:N}.
     *
     * @throws UnusableDeviceException if it is none of these
     */
    public static Device parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new UnusableDeviceException(
                    text, "expected 'cpu', 'cuda' or 'cuda:N'", "Correct the name of the device.");
        }
        if (text.equals("cpu")) {
            return CPU;
        }
        return cuda(matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1)));
    }

    /** {@code cpu} or {@code cuda:N}; {@link #parse} reads it. */
    public String label() {
        return kind == Kind.CPU ? "cpu" : "cuda:" + ordinal;
    }

    @Override
    public String toString() {
        return label();
    }
}
