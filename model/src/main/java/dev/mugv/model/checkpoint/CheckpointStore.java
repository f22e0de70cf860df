package dev.mugv.model.checkpoint;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.OutputManifest.FileEntry;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of one training in its durable folder, each a folder such as {@code update-00000100}.
 *
 * <p>A checkpoint is written under a pending name, forced to the disk file by file and then as a folder, and published by
 * one rename after the claim was checked; so a reader finds all of it or nothing. Reading hashes every file again and steps
 * back past what does not match.
 */
public final class CheckpointStore {
    private static final Pattern PUBLISHED = Pattern.compile("update-(\\d{8,})");
    private static final String PENDING_PREFIX = ".pending-";

    private final TaskContext context;
    private final Retention retention;
    private final CheckpointFiles files;
    private final Path root;

    /** A store in the context's durable folder. */
    public CheckpointStore(TaskContext context, Retention retention) {
        this(context, retention, CheckpointFiles.onDisk());
    }

    CheckpointStore(TaskContext context, Retention retention, CheckpointFiles files) {
        this.context = context;
        this.retention = retention;
        this.files = files;
        this.root = context.durableFolder();
    }

    /** Updates of the published checkpoints, oldest first; they are not verified. */
    public List<Long> updates() {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(entry -> PUBLISHED.matcher(entry.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(name -> Long.parseLong(name.group(1)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The newest checkpoint all of whose files are what its manifest says. Damaged ones are passed over, each with a line
     * in the log; left-overs of interrupted publications are removed.
     */
    public Optional<Checkpoint> newestVerified() {
        removeLeftovers();
        List<Long> updates = updates();
        for (int i = updates.size() - 1; i >= 0; i--) {
            try {
                return Optional.of(verified(updates.get(i)));
            } catch (WorkFailure e) {
                if (e.kind() != FailureKind.CORRUPT) {
                    throw e;
                }
                context.log(e.text() + " The checkpoint before it is tried.");
            }
        }
        return Optional.empty();
    }

    /**
     * The checkpoint after some update.
     *
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} naming the file, what was expected and what was found
     */
    public Checkpoint verified(long update) {
        Path folder = root.resolve(name(update));
        CheckpointManifest manifest = readManifest(folder);
        requireSameNames(folder, manifest);
        manifest.files().forEach((name, expected) -> requireContent(folder.resolve(name), expected));
        CheckpointState state = Json.read(folder.resolve(CheckpointState.FILE_NAME), CheckpointState.class);
        if (state.update() != update) {
            throw damaged(folder, "update " + update, "a state of update " + state.update());
        }
        return new Checkpoint(folder, state);
    }

    /**
     * Publishes a checkpoint and removes those that {@link Retention} gives up.
     *
     * @param contents files by name, besides the state and the manifest
     * @throws WorkFailure of kind {@link FailureKind#OUTCOME_UNKNOWN} when another run has taken over
     */
    public void publish(CheckpointState state, SortedMap<String, CheckpointContent> contents) {
        try {
            Path pending = root.resolve(PENDING_PREFIX + name(state.update()) + "-" + UUID.randomUUID());
            files.createFolder(pending);
            writeAll(pending, state, contents);
            context.requireClaim();
            Path target = root.resolve(name(state.update()));
            if (Files.exists(target)) {
                // A damaged one that was passed over, or the same bits written before a retry.
                setAside(target);
            }
            files.rename(pending, target);
            files.force(root);
            removeOld();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeAll(Path pending, CheckpointState state, SortedMap<String, CheckpointContent> contents)
            throws IOException {
        TreeMap<String, CheckpointContent> all = new TreeMap<>(contents);
        all.put(CheckpointState.FILE_NAME, file -> Files.writeString(file, Json.pretty(state)));
        TreeMap<String, FileEntry> entries = new TreeMap<>();
        for (Map.Entry<String, CheckpointContent> content : all.entrySet()) {
            Path file = pending.resolve(content.getKey());
            files.write(file, content.getValue());
            files.force(file);
            entries.put(content.getKey(), new FileEntry(Files.size(file), Sha256.ofFile(file)));
        }
        CheckpointManifest manifest = new CheckpointManifest(CheckpointManifest.FORMAT_VERSION, entries);
        Path manifestFile = pending.resolve(CheckpointManifest.FILE_NAME);
        files.write(manifestFile, file -> Files.writeString(file, Json.pretty(manifest)));
        files.force(manifestFile);
        files.force(pending);
    }

    private void removeOld() throws IOException {
        List<Long> updates = updates();
        Set<Long> kept = retention.kept(updates);
        for (long update : updates) {
            if (!kept.contains(update)) {
                setAside(root.resolve(name(update)));
            }
        }
    }

    /** Renamed first: a half-deleted folder must not look published. */
    private void setAside(Path folder) throws IOException {
        Path aside = root.resolve(PENDING_PREFIX + "removed-" + UUID.randomUUID());
        files.rename(folder, aside);
        files.delete(aside);
    }

    private void removeLeftovers() {
        List<Path> leftovers;
        try (Stream<Path> entries = Files.list(root)) {
            leftovers = entries.filter(entry -> entry.getFileName().toString().startsWith(PENDING_PREFIX))
                    .sorted()
                    .toList();
            for (Path leftover : leftovers) {
                files.delete(leftover);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CheckpointManifest readManifest(Path folder) {
        Path file = folder.resolve(CheckpointManifest.FILE_NAME);
        if (!Files.isRegularFile(file)) {
            throw damaged(file, "a manifest", "no file");
        }
        return Json.read(file, CheckpointManifest.class);
    }

    private static void requireSameNames(Path folder, CheckpointManifest manifest) {
        Set<String> expected = new TreeSet<>(manifest.files().keySet());
        expected.add(CheckpointManifest.FILE_NAME);
        Set<String> found = new TreeSet<>();
        try (Stream<Path> entries = Files.list(folder)) {
            entries.forEach(entry -> found.add(entry.getFileName().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!found.equals(expected) || !expected.contains(CheckpointState.FILE_NAME)) {
            throw damaged(folder, "files " + expected, found.toString());
        }
    }

    private static void requireContent(Path file, FileEntry expected) {
        try {
            FileEntry found = new FileEntry(Files.size(file), Sha256.ofFile(file));
            if (!found.equals(expected)) {
                throw damaged(file, describe(expected), describe(found));
            }
        } catch (NoSuchFileException e) {
            throw damaged(file, describe(expected), "no file");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String describe(FileEntry entry) {
        return "%d bytes with SHA-256 %s".formatted(entry.bytes(), entry.sha256());
    }

    private static WorkFailure damaged(Path path, String expected, String found) {
        return new WorkFailure(
                FailureKind.CORRUPT,
                "Cannot resume from '%s': expected %s, found %s. Delete the checkpoint to go on from the one before."
                        .formatted(path, expected, found));
    }

    private static String name(long update) {
        return "update-%08d".formatted(update);
    }
}
