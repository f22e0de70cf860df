package dev.mugv.model.curation.planted;

import dev.mugv.model.format.PlantedEdit;
import dev.mugv.model.format.PlantedTruth;
import dev.mugv.model.format.Transition;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.VideoWriter;
import dev.mugv.model.run.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The planted videos on disk, and the truth that is written beside them. */
final class PlantedFolder {
    private final Path folder;
    private final long seed;
    private final List<CleanClip> clips;
    private final List<PlantedTruth.Video> videos = new ArrayList<>();

    PlantedFolder(Path folder, long seed, List<CleanClip> clips) {
        this.folder = folder;
        this.seed = seed;
        this.clips = clips;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes one edit of one clip. */
    Planted edited(PlantedEdit edit, int clip) {
        CleanClip clean = clips.get(clip);
        List<RgbFrame> frames = ClipEdits.apply(edit, clean.frames(), seed, clip);
        return write(
                frames,
                clean.fps(),
                new PlantedTruth.Video(
                        "%02d-%s.mp4".formatted(clip, edit.label()), edit, edit.label(), clip, List.of()));
    }

    /** Writes a film; shots of several rates are shown at the first one's. */
    Planted film(Films.Film film, int number) {
        List<Transition> changes = film.changes();
        return write(
                film.frames(),
                clips.get(0).fps(),
                new PlantedTruth.Video("film-%02d.mp4".formatted(number), PlantedEdit.FILM, film.name(), 0, changes));
    }

    private Planted write(List<RgbFrame> frames, double fps, PlantedTruth.Video truth) {
        Path file = folder.resolve(truth.file());
        VideoWriter.write(file, frames, fps);
        videos.add(truth);
        return new Planted(file, truth);
    }

    /** A folder for what curation leaves of a planted video. */
    Path pictures() {
        return folder.resolve("pictures");
    }

    /** Completes the folder. */
    void writeTruth() {
        List<String> ids = clips.stream().map(CleanClip::clipId).toList();
        try {
            Files.writeString(folder.resolve(PlantedTruth.FILE_NAME), Json.pretty(new PlantedTruth(seed, ids, videos)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A planted video and the truth about it. */
    record Planted(Path file, PlantedTruth.Video truth) {}
}
