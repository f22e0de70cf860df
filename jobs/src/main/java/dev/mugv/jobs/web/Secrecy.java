package dev.mugv.jobs.web;

import java.util.regex.Pattern;

/**
 * A last fence before configurations are shown: they name files and variables of passwords, not passwords; but an address of a
 * database or a service may hold one.
 */
final class Secrecy {
    private static final Pattern PARAMETER =
            Pattern.compile("((?:password|passwd|secret|token|api[-_]?key)=)[^&\\s\"']+", Pattern.CASE_INSENSITIVE);
    private static final Pattern USER_PART = Pattern.compile("(://[^/@:\\s\"']+:)[^@/\\s\"']+(@)");

    private Secrecy() {}

    /** The text with what looks like a secret replaced. */
    static String veiled(String text) {
        return USER_PART.matcher(PARAMETER.matcher(text).replaceAll("$1***")).replaceAll("$1***$2");
    }
}
