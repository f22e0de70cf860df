package dev.mugv.model.tool;

import com.sun.jna.Function;

/**
 * Ends this process at once, without the clean-up of native libraries. An interrupted tool needs that: the JVM's own way out
 * takes libtorch apart while another thread still computes with it, and ends in a crash report instead of the exit code.
 */
final class HardExit {
    /** Exit code of a process that Ctrl-C ended, as shells count. */
    static final int INTERRUPTED = 130;

    /** Looked up beforehand: while a JVM ends, libraries are no longer to be loaded. */
    private final Function exit = Function.getFunction("c", "_exit");

    /** Does not return. */
    void end(int code) {
        System.out.flush();
        System.err.flush();
        exit.invokeVoid(new Object[] {code});
    }
}
