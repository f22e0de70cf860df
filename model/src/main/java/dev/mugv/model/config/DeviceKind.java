package dev.mugv.model.config;

import java.util.Locale;

/** What a training computes on. */
public enum DeviceKind {
    /** The processor. */
    CPU,
    /** One GPU a rank. */
    CUDA;

    /** {@code cpu} or {@code cuda}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
