package dev.mugv.steps.curation;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.SourceVideo.AllowedUse;
import dev.mugv.steps.catalog.SourceVideo.State;
import dev.mugv.steps.work.ContentLinks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The user's folder of videos: lists, hashes and screens its files, and gives every admitted one a name by its content
 * ({@code videos/<sha256>} in the workspace, a symbolic link), so that work orders name contents and never places.
 */
public final class VideoFolder {
    /** Files that are plainly no videos and go unmentioned; everything else is tried, whatever its name. */
    private static final Set<String> IGNORED = Set.of("csv", "md", "txt", "json", "yaml", "yml", "srt", "vtt");

    private final Path folder;
    private final ScreeningManifest screening;

    public VideoFolder(Path folder, ScreeningManifest screening) {
        this.folder = folder;
        this.screening = screening;
    }

    /**
     * Scans the folder.
     *
     * @return one entry a file, in the order of their paths
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when the folder is missing or holds no file
     */
    public List<SourceVideo> scan() {
        if (!Files.isDirectory(folder)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot read video folder '%s': there is no such folder. Correct 'videos.folder' in the configuration."
                            .formatted(folder));
        }
        Map<String, String> pathByHash = new HashMap<>();
        List<SourceVideo> videos = new ArrayList<>();
        for (Path file : files()) {
            videos.add(screen(file, pathByHash));
        }
        if (videos.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot curate video folder '%s': it holds no video file. Put videos into it or correct 'videos.folder'."
                            .formatted(folder));
        }
        return videos;
    }

    private List<Path> files() {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(file -> !IGNORED.contains(extension(file)))
                    .sorted((a, b) -> relative(a).compareTo(relative(b)))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot list video folder '%s': %s. Check its permissions.".formatted(folder, e.getMessage()),
                    e);
        }
    }

    private static String extension(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private String relative(Path file) {
        return folder.relativize(file).toString();
    }

    private SourceVideo screen(Path file, Map<String, String> pathByHash) {
        String path = relative(file);
        SourceVideo.Screening rights = screening.of(path);
        if (rights.allowedUse() != AllowedUse.TRAINING) {
            String reason = rights.allowedUse() == AllowedUse.UNKNOWN
                    ? "the screening manifest does not name it"
                    : "allowed use is " + rights.allowedUse().name().toLowerCase(Locale.ROOT) + ", not training";
            return new SourceVideo(path, Optional.empty(), bytes(file), rights, State.REFUSED, reason);
        }
        String hash;
        try {
            hash = Sha256.ofFile(file);
        } catch (UncheckedIOException e) {
            return new SourceVideo(
                    path,
                    Optional.empty(),
                    bytes(file),
                    rights,
                    State.UNREADABLE,
                    "Cannot read '%s': %s. Check its permissions.".formatted(path, e.getMessage()));
        }
        String first = pathByHash.putIfAbsent(hash, path);
        return first == null
                ? new SourceVideo(path, Optional.of(hash), bytes(file), rights, State.ADMITTED, "")
                : new SourceVideo(path, Optional.of(hash), bytes(file), rights, State.COPY, "same bytes as " + first);
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Makes the names by content in the workspace; safe to repeat. */
    public void link(List<SourceVideo> admitted, Path workspace) {
        ContentLinks links = new ContentLinks(workspace);
        for (SourceVideo video : admitted) {
            links.link(CatalogedClip.videoPath(video.sha256().orElseThrow()), folder.resolve(video.path()));
        }
    }
}
