package dev.mugv.model.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Published results on shared storage: {@code <workspace>/artifacts/<task>/<first 16 digits of key>/}, each with a
 * {@code manifest.json} of every file's size and hash. A folder appears by one rename after its content is on disk, so a
 * reader finds a whole artifact or none. Work in progress lies beside it as {@code pending-<key>-<token>-<index>-<run>}.
 */
public final class ArtifactStore {
    private final Path workspace;

    public ArtifactStore(Path workspace) {
        this.workspace = workspace.toAbsolutePath().normalize();
    }

    /** Where the artifact is, or would be. */
    public Path folder(TaskKind task, ArtifactKey key) {
        return taskFolder(task).resolve(key.shortForm());
    }

    /** A folder for this key that outlives attempts, for example for a training's checkpoints; not made by this call. */
    public Path durableFolder(TaskKind task, ArtifactKey key) {
        return workspace.resolve("durable").resolve(task.label()).resolve(key.shortForm());
    }

    /**
     * The artifact with this key, if it is published. Names and sizes are checked, content is not: see {@link #open}.
     *
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} naming the file, if a file is missing or has another size
     */
    public Optional<ArtifactRef> find(TaskKind task, ArtifactKey key) {
        Path folder = folder(task, key);
        if (!Files.exists(folder)) {
            return Optional.empty();
        }
        OutputManifest manifest = manifest(folder, task, key);
        requireSizes(folder, manifest);
        return Optional.of(new ArtifactRef(task, key.value(), manifestHash(folder)));
    }

    /**
     * The folder of an artifact, after every file's hash was compared with the manifest, and the manifest's with the
     * reference.
     *
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} naming the file, what was expected and what was found
     */
    public Path open(ArtifactRef ref) {
        ArtifactKey key = new ArtifactKey(ref.key());
        Path folder = folder(ref.task(), key);
        Path manifestFile = folder.resolve(OutputManifest.FILE_NAME);
        if (!Files.exists(manifestFile)) {
            throw corrupt(manifestFile, "the file is missing");
        }
        String found = manifestHash(folder);
        if (!found.equals(ref.manifestSha256())) {
            throw corrupt(manifestFile, "expected SHA-256 " + ref.manifestSha256() + ", found " + found);
        }
        OutputManifest manifest = manifest(folder, ref.task(), key);
        requireSizes(folder, manifest);
        requireHashes(folder, manifest);
        return folder;
    }

    /** The manifest of a published artifact. */
    public OutputManifest manifest(ArtifactRef ref) {
        ArtifactKey key = new ArtifactKey(ref.key());
        return manifest(folder(ref.task(), key), ref.task(), key);
    }

    /** The private folder of a run, which is there while that works or a copy of what it published is gathered. */
    public Path pendingFolder(WorkOrder order, int run) {
        return taskFolder(order.task()).resolve(pendingPrefix(order) + run);
    }

    /**
     * Publishes a copy of an artifact that was published in another workspace.
     *
     * @param copy a pending folder that holds the files and their manifest
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} naming the file that is not what the manifest says
     */
    public ArtifactRef publishCopy(Path copy, WorkOrder order, String manifestSha256) throws IOException {
        Path file = copy.resolve(OutputManifest.FILE_NAME);
        String found = manifestHash(copy);
        if (!found.equals(manifestSha256)) {
            throw corrupt(file, "expected SHA-256 " + manifestSha256 + ", found " + found);
        }
        OutputManifest manifest = manifest(copy, order.task(), order.key());
        SortedMap<String, OutputManifest.FileEntry> files = forceAndHash(copy);
        files.remove(OutputManifest.FILE_NAME);
        if (!files.equals(manifest.files())) {
            requireSizes(copy, manifest);
            requireHashes(copy, manifest);
            throw corrupt(file, "expected " + manifest.files().keySet() + ", found " + files.keySet());
        }
        return move(copy, order, manifestSha256, () -> {});
    }

    /** Makes the empty private folder of a run, after removing what earlier runs of the same attempt left. */
    public Path begin(WorkOrder order, int run) throws IOException {
        Path taskFolder = taskFolder(order.task());
        Files.createDirectories(taskFolder);
        discardPending(order, run + 1);
        return Files.createDirectory(pendingFolder(order, run));
    }

    /** Removes what runs of this attempt below {@code run} left unfinished; only when none of them may go on. */
    public void discardPending(WorkOrder order, int run) throws IOException {
        Path taskFolder = taskFolder(order.task());
        if (!Files.isDirectory(taskFolder)) {
            return;
        }
        String prefix = pendingPrefix(order);
        List<Path> left;
        try (Stream<Path> entries = Files.list(taskFolder)) {
            left = entries.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .filter(path ->
                            Integer.parseInt(path.getFileName().toString().substring(prefix.length())) < run)
                    .toList();
        }
        for (Path path : left) {
            deleteTree(path);
        }
    }

    /**
     * Publishes a run's pending folder. An artifact with the same key that is already there is verified and kept (the
     * work was done twice, with one result); one that is damaged is moved aside.
     *
     * @param requireClaim called last before the rename; throws when a later run has taken over
     */
    public ArtifactRef publish(Path pending, WorkOrder order, String codeVersion, Runnable requireClaim)
            throws IOException {
        OutputManifest manifest = new OutputManifest(
                OutputManifest.FORMAT_VERSION,
                order.task(),
                order.key(),
                codeVersion,
                order.inputs(),
                forceAndHash(pending));
        byte[] bytes = Json.pretty(manifest).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        DurableFile.write(pending.resolve(OutputManifest.FILE_NAME), bytes);
        requireClaim.run();
        return move(pending, order, Sha256.of(bytes), requireClaim);
    }

    private ArtifactRef move(Path pending, WorkOrder order, String manifestSha256, Runnable requireClaim)
            throws IOException {
        Path target = folder(order.task(), order.key());
        try {
            Files.move(pending, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            return resolveExisting(pending, target, order, requireClaim);
        } catch (FileSystemException e) {
            if (Files.exists(target)) {
                return resolveExisting(pending, target, order, requireClaim);
            }
            throw e;
        }
        DurableFile.force(taskFolder(order.task()));
        return new ArtifactRef(order.task(), order.key().value(), manifestSha256);
    }

    private ArtifactRef resolveExisting(Path pending, Path target, WorkOrder order, Runnable requireClaim)
            throws IOException {
        try {
            ArtifactRef existing = new ArtifactRef(order.task(), order.key().value(), manifestHash(target));
            open(existing);
            deleteTree(pending);
            return existing;
        } catch (WorkFailure | UncheckedIOException damaged) {
            requireClaim.run();
            Path aside = target.resolveSibling("damaged-" + pending.getFileName());
            Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
            Files.move(pending, target, StandardCopyOption.ATOMIC_MOVE);
            DurableFile.force(taskFolder(order.task()));
            return new ArtifactRef(order.task(), order.key().value(), manifestHash(target));
        }
    }

    private Path taskFolder(TaskKind task) {
        return workspace.resolve("artifacts").resolve(task.label());
    }

    private static String pendingPrefix(WorkOrder order) {
        return DurableFile.PENDING_PREFIX + order.key().shortForm() + "-" + order.token() + "-" + order.index() + "-";
    }

    private OutputManifest manifest(Path folder, TaskKind task, ArtifactKey key) {
        Path file = folder.resolve(OutputManifest.FILE_NAME);
        if (!Files.exists(file)) {
            throw corrupt(file, "the file is missing");
        }
        OutputManifest manifest = Json.read(file, OutputManifest.class);
        if (manifest.task() != task || !manifest.key().equals(key)) {
            throw corrupt(
                    file,
                    "expected %s with key %s, found %s with key %s"
                            .formatted(
                                    task.label(),
                                    key.value(),
                                    manifest.task().label(),
                                    manifest.key().value()));
        }
        return manifest;
    }

    private static void requireSizes(Path folder, OutputManifest manifest) {
        for (Map.Entry<String, OutputManifest.FileEntry> entry :
                manifest.files().entrySet()) {
            Path file = folder.resolve(entry.getKey());
            try {
                if (!Files.isRegularFile(file)) {
                    throw corrupt(file, "the file is missing");
                }
                if (Files.size(file) != entry.getValue().bytes()) {
                    throw corrupt(
                            file,
                            "expected %d bytes, found %d"
                                    .formatted(entry.getValue().bytes(), Files.size(file)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void requireHashes(Path folder, OutputManifest manifest) {
        manifest.files().forEach((name, entry) -> {
            Path file = folder.resolve(name);
            String found = Sha256.ofFile(file);
            if (!found.equals(entry.sha256())) {
                throw corrupt(file, "expected SHA-256 " + entry.sha256() + ", found " + found);
            }
        });
    }

    private static String manifestHash(Path folder) {
        return Sha256.ofFile(folder.resolve(OutputManifest.FILE_NAME));
    }

    private static WorkFailure corrupt(Path file, String fact) {
        return new WorkFailure(
                FailureKind.CORRUPT,
                "Cannot use artifact file '%s': %s. Restore the file, or delete its folder to have it made again."
                        .formatted(file, fact));
    }

    /** Every file's size and hash; content and folders are on disk when this returns. */
    private static SortedMap<String, OutputManifest.FileEntry> forceAndHash(Path root) throws IOException {
        SortedMap<String, OutputManifest.FileEntry> files = new TreeMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!attributes.isRegularFile()) {
                    throw new WorkFailure(
                            FailureKind.DEFECT,
                            "Cannot publish '%s': an artifact holds regular files only. Report this.".formatted(file));
                }
                DurableFile.force(file);
                String name = root.relativize(file).toString();
                files.put(name, new OutputManifest.FileEntry(attributes.size(), Sha256.ofFile(file)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @org.jspecify.annotations.Nullable IOException e)
                    throws IOException {
                if (e != null) {
                    throw e;
                }
                DurableFile.force(folder);
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
