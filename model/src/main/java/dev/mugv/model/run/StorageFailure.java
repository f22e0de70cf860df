package dev.mugv.model.run;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tells a full file system from other errors of input and output. */
public final class StorageFailure {
    private StorageFailure() {}

    /** The JDK has no type for it; the text is that of errno ENOSPC or EDQUOT, which glibc words so in the C locale. */
    public static boolean isDiskFull(Throwable cause) {
        for (@Nullable Throwable each = cause; each != null; each = each.getCause()) {
            String message = each.getMessage();
            if (each instanceof IOException
                    && message != null
                    && (message.contains("No space left on device") || message.contains("Disk quota exceeded"))) {
                return true;
            }
        }
        return false;
    }
}
