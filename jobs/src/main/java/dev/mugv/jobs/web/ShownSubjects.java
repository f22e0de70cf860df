package dev.mugv.jobs.web;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelSubject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Where the videos and pictures of what is labelled lie: samples are files of artifacts; a clip is a span of its source video,
 * where the workspace's link to that leads to a file which browsers play, and a picture of the curation otherwise.
 */
final class ShownSubjects {
    /** Endings of source videos that browsers have players for. */
    private static final Map<String, MediaType> PLAYED = Map.of(
            "mp4", new MediaType("video", "mp4"),
            "m4v", new MediaType("video", "mp4"),
            "mov", new MediaType("video", "mp4"),
            "webm", new MediaType("video", "webm"));

    private final JdbcClient jdbc;
    private final PublishedFiles files;

    ShownSubjects(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.files = new PublishedFiles(jdbc);
    }

    /** What of a subject is asked for. */
    enum What {
        VIDEO,
        PICTURE,
        REFERENCE;

        static What of(String word) {
            return Arrays.stream(values())
                    .filter(what -> what.name().toLowerCase(Locale.ROOT).equals(word))
                    .findFirst()
                    .orElseThrow(() -> absent(word));
        }
    }

    static NoSuchPage absent(String what) {
        return new NoSuchPage(
                "'%s' of an item".formatted(what), "the item has no such video or picture. Go on with the next.");
    }

    /** What there is of a subject. */
    AskedItem.View view(RunIdentity run, LabelBatch batch, LabelSubject subject) {
        if (batch.kind() != LabelKind.CLIP_REVIEW) {
            return new AskedItem.View(
                    true, false, !subject.content().reference().isEmpty(), 0, 0);
        }
        boolean playable = source(run, batch, subject).isPresent();
        List<double[]> span = jdbc.sql("SELECT first_frame, end_frame, frames_a_second FROM clip WHERE clip_id = ?")
                .param(subject.subjectId())
                .query((row, number) -> new double[] {
                    row.getInt("first_frame") / row.getDouble("frames_a_second"),
                    row.getInt("end_frame") / row.getDouble("frames_a_second")
                })
                .list();
        double from = span.isEmpty() ? 0 : span.get(0)[0];
        double to = span.isEmpty() ? 0 : span.get(0)[1];
        return new AskedItem.View(playable, !playable, false, from, to);
    }

    /**
     * The file of a subject.
     *
     * @throws NoSuchPage when there is none
     */
    PublishedFiles.Found require(RunIdentity run, LabelBatch batch, LabelSubject subject, What what) {
        LabelSubject.Content content = subject.content();
        boolean isClip = batch.kind() == LabelKind.CLIP_REVIEW;
        return switch (what) {
            case VIDEO ->
                isClip
                        ? source(run, batch, subject).orElseThrow(() -> absent("video"))
                        : published(run, content, content.file());
            case PICTURE -> published(run, content, content.file());
            case REFERENCE -> published(run, content, content.reference());
        };
    }

    private PublishedFiles.Found published(RunIdentity run, LabelSubject.Content content, String file) {
        return files.require(run, content.task().label(), content.artifactKey(), file);
    }

    /** The source video of a clip, if it lies in reach; only videos that the run has admitted. */
    private Optional<PublishedFiles.Found> source(RunIdentity run, LabelBatch batch, LabelSubject subject) {
        String sha256 = subject.content().sha256();
        Path file = run.workspace().resolve(CatalogedClip.videoPath(sha256));
        return jdbc
                .sql(
                        "SELECT path FROM source_video WHERE run_name = ? AND sha256 = ? AND state = 'ADMITTED' ORDER BY path")
                .params(batch.run(), sha256)
                .query(String.class)
                .list()
                .stream()
                .map(path ->
                        PLAYED.get(path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)))
                .filter(java.util.Objects::nonNull)
                .filter(type -> Files.isRegularFile(file))
                .map(type -> new PublishedFiles.Found(file, type))
                .findFirst();
    }
}
