package dev.mugv.slurm.script;

import java.util.List;
import java.util.stream.Collectors;

/** Text made harmless for bash. */
public final class ShellText {
    private ShellText() {}

    /**
     * One word that bash reads as exactly this text: in single quotes everything but the quote itself is literal (Bash
     * manual, 3.1.2.2).
     */
    public static String quote(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a shell word cannot hold a NUL character");
        }
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** Several words, each quoted. */
    public static String quote(List<String> words) {
        return words.stream().map(ShellText::quote).collect(Collectors.joining(" "));
    }
}
