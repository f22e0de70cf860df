package dev.mugv.slurm.sftp;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that nodes write in a submission's folder and that the controller reads.
 *
 * @param name relative to the workspace
 * @param kind in whose order files are brought, so that what one rests on is here before it
 */
record SubmissionFile(String name, Kind kind, long bytes, String changed) {
    private static final String TOKEN = "submissions/[0-9a-f]{32}";
    private static final String ATTEMPT = TOKEN + "/attempts/\\d{1,9}/";

    /** What it is for; declared in the order in which they are brought. */
    enum Kind {
        CLAIM(ATTEMPT + "claim-\\d{1,9}"),
        SIGN(ATTEMPT + "(stop|relayed|released)"),
        RANK(ATTEMPT + "rendezvous-\\d{1,9}/rank-\\d{1,9}\\.json"),
        HEARTBEAT(ATTEMPT + "(heartbeat-\\d{1,9}|rendezvous-\\d{1,9}/heartbeat-\\d{1,9})\\.json"),
        LOG(ATTEMPT + "run-\\d{1,9}(-rank-\\d{1,9})?\\.log"),
        EXIT(ATTEMPT + "exit-\\d{1,9}\\.json"),
        /** The mark that a run has ended, which is a reason to look at the others. */
        END(TOKEN + "/ended/\\d{1,9}-\\d{1,9}");

        private final Pattern pattern;

        Kind(String pattern) {
            this.pattern = Pattern.compile(pattern);
        }
    }

    private static final Pattern LINE = Pattern.compile("([^\\t]*)\\t(\\d{1,18})\\t([0-9.]+)");

    /** A file of a listing; empty for all that the controller does not read, whatever it is called. */
    static Optional<SubmissionFile> of(String line, String root) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches() || !parts.group(1).startsWith(root + "/")) {
            return Optional.empty();
        }
        String name = parts.group(1).substring(root.length() + 1);
        for (Kind kind : Kind.values()) {
            if (kind.pattern.matcher(name).matches()) {
                return Optional.of(new SubmissionFile(name, kind, Long.parseLong(parts.group(2)), parts.group(3)));
            }
        }
        return Optional.empty();
    }
}
