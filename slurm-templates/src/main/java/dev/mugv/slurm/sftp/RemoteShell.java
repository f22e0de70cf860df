package dev.mugv.slurm.sftp;

import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What SFTP has no words for, done by the cluster's own programs (GNU coreutils and findutils): hashes, forcing to disk, a rename that
 * never lands inside a folder. Safe to repeat. No word is read by a shell that is not one of the scripts here.
 */
final class RemoteShell {
    /** Words of one command, well under the kernel's limit for a line (128 KiB a word, 2 MiB in all). */
    private static final int MOST_WORDS = 300;

    /** More than hashing the largest file of a recipe takes. */
    private static final Duration LIMIT = Duration.ofMinutes(30);

    /** Verifies each pending file by its hash, forces it to disk and gives it its name. Arguments: pending, name, hash, ... */
    private static final String SETTLE = """
            while [ $# -gt 0 ]; do
              found="$(sha256sum <"$1")" || exit 3
              if [ "${found%% *}" != "$3" ]; then echo "$1: expected SHA-256 $3, found ${found%% *}" >&2; exit 4; fi
              sync "$1" && mv -fT "$1" "$2" && sync "${2%/*}" || exit 3
              shift 3
            done""";

    private static final String EXISTING = """
            for file; do if [ -f "$file" ]; then printf '%s\\0' "$file"; fi; done""";

    /** Gives a folder its name unless that is taken. Arguments: pending, name. */
    private static final String SETTLE_FOLDER = """
            sync "$1" && if [ -e "$2" ]; then rm -rf "$1"; else mv -T "$1" "$2"; fi && sync "${2%/*}\"""";

    private final CommandRunner commands;

    RemoteShell(CommandRunner commands) {
        this.commands = commands;
    }

    /** Makes folders, with those above them. */
    void makeFolders(Set<String> folders) throws IOException {
        for (List<String> part : parts(List.copyOf(folders), MOST_WORDS)) {
            List<String> command = new ArrayList<>(List.of("mkdir", "-p", "--"));
            command.addAll(part);
            run(command);
        }
    }

    /** Those of some files that are there. */
    Set<String> existing(List<String> files) throws IOException {
        Set<String> found = new LinkedHashSet<>();
        for (List<String> part : parts(files, MOST_WORDS)) {
            List<String> command = new ArrayList<>(List.of("sh", "-c", EXISTING, "existing"));
            command.addAll(part);
            found.addAll(List.of(run(command).split("\0")));
        }
        found.remove("");
        return found;
    }

    /** The SHA-256 of a file that is there. */
    String sha256(String file) throws IOException {
        String said = run(List.of("sh", "-c", "sha256sum <\"$1\"", "sha256", file));
        return said.substring(0, Math.min(64, said.length()));
    }

    /**
     * Verifies files and gives them their names, in order.
     *
     * @param words pending name, name and hash of each
     */
    void settle(List<String> words) throws IOException {
        for (List<String> part : parts(words, MOST_WORDS)) { // a multiple of three
            List<String> command = new ArrayList<>(List.of("sh", "-c", SETTLE, "settle"));
            command.addAll(part);
            run(command);
        }
    }

    void settleFolder(String pending, String name) throws IOException {
        run(List.of("sh", "-c", SETTLE_FOLDER, "settle", pending, name));
    }

    /** Every regular file under some folders: path, tab, size, tab, time of last change, NUL. */
    String list(List<String> folders) throws IOException {
        StringBuilder all = new StringBuilder();
        for (List<String> part : parts(folders, MOST_WORDS)) {
            List<String> command = new ArrayList<>(List.of("find"));
            command.addAll(part);
            command.addAll(List.of(
                    "-ignore_readdir_race", "-type", "f", "!", "-name", "pending-*", "-printf", "%p\\t%s\\t%T@\\0"));
            all.append(run(command));
        }
        return all.toString();
    }

    private String run(List<String> command) throws IOException {
        CommandResult result = commands.run(command, LIMIT);
        if (result instanceof CommandResult.NoAnswer noAnswer) {
            throw new IOException(noAnswer.reason());
        }
        CommandResult.Finished finished = (CommandResult.Finished) result;
        if (finished.exitCode() != 0) {
            throw new IOException("'%s' on the cluster ended with %d: %s"
                    .formatted(
                            command.get(0).equals("sh") ? command.get(3) : command.get(0),
                            finished.exitCode(),
                            finished.err().strip()));
        }
        return finished.out();
    }

    private static List<List<String>> parts(List<String> words, int most) {
        List<List<String>> parts = new ArrayList<>();
        for (int from = 0; from < words.size(); from += most) {
            parts.add(words.subList(from, Math.min(words.size(), from + most)));
        }
        return parts;
    }
}
