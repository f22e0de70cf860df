package dev.mugv.steps.audit;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ends of the chain beside published checkpoints: {@code artifacts/<task>/<first 16 digits of key>.audit-head.json}. They
 * stay when the checkpoint's files are removed.
 */
public final class HeadFiles {
    private static final String SUFFIX = ".audit-head.json";

    private final Path workspace;
    private final ArtifactStore store;

    public HeadFiles(Path workspace) {
        this.workspace = workspace.toAbsolutePath().normalize();
        this.store = new ArtifactStore(workspace);
    }

    /**
     * What was found in a workspace.
     *
     * @param heads those that could be read
     * @param unreadable file and what is wrong with it
     */
    public record Found(List<Located> heads, List<String> unreadable) {}

    /** A head and its file. */
    public record Located(Path file, AuditHead head) {}

    /** The file beside a checkpoint, there or not. */
    public Path file(TaskKind task, ArtifactKey key) {
        Path folder = store.folder(task, key);
        return folder.resolveSibling(folder.getFileName() + SUFFIX);
    }

    /** Writes a head beside its checkpoint; the first one that was written stays. */
    void write(AuditHead head) {
        ArtifactRef ref = head.checkpoint();
        Path file = file(ref.task(), new ArtifactKey(ref.key()));
        if (Files.exists(file)) {
            return;
        }
        try {
            DurableFile.write(file, Json.pretty(head).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every head of the workspace. */
    public Found all() {
        List<Located> heads = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        Path artifacts = workspace.resolve("artifacts");
        if (!Files.isDirectory(artifacts)) {
            return new Found(List.of(), List.of());
        }
        PathMatcher name = FileSystems.getDefault().getPathMatcher("glob:[0-9a-f]*" + SUFFIX);
        try (Stream<Path> files = Files.walk(artifacts, 2)) {
            for (Path file : files.filter(path -> name.matches(path.getFileName()))
                    .sorted()
                    .toList()) {
                try {
                    heads.add(new Located(file, Json.read(file, AuditHead.class)));
                } catch (WorkFailure damaged) {
                    unreadable.add(damaged.text());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Found(List.copyOf(heads), List.copyOf(unreadable));
    }
}
