package dev.mugv.model.run;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells a full file system from other errors of input and output. */
public final class StorageFailure {
    private StorageFailure() {}

    /** How glibc words errno ENOSPC, EDQUOT and EFBIG (a limit of the shell, {@code ulimit -f}) in the C locale. */
    private static final List<String> WORDS =
            List.of("No space left on device", "Disk quota exceeded", "File too large");

    /** Whether nothing more can be written; the JDK has no type for it, so the text of the error decides. */
    public static boolean isDiskFull(Throwable cause) {
        for (@Nullable Throwable each = cause; each != null; each = each.getCause()) {
            String message = each.getMessage();
            if (each instanceof IOException && message != null && WORDS.stream().anyMatch(message::contains)) {
                return true;
            }
        }
        return false;
    }
}
