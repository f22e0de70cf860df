package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.CaptionerConfiguration;
import dev.mugv.model.config.ClipFilters;
import dev.mugv.model.config.LengthRange;
import dev.mugv.model.config.PictureModels;
import dev.mugv.model.format.CaptionClipsOrder;
import dev.mugv.model.format.CaptionClipsOrder.NamedClip;
import dev.mugv.model.format.CheckFiltersOrder;
import dev.mugv.model.format.ClipCaptions;
import dev.mugv.model.format.ClipDuplicates;
import dev.mugv.model.format.CompareClipsOrder;
import dev.mugv.model.format.CurateVideoOrder;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.format.FilterChecks;
import dev.mugv.model.format.PlantedTruth;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurationTasksTest {
    private static final ArtifactRef CURATED = new ArtifactRef(TaskKind.CURATE_VIDEO, "a".repeat(64), "b".repeat(64));

    @TempDir
    private Path workspace;

    /** The workspace names videos by their content, by links. */
    private CurateVideoOrder order() throws IOException {
        Path own = workspace.resolve("hand-and-cup.mp4");
        if (Files.notExists(own)) {
            Files.copy(SampleVideos.named("hand-and-cup.mp4"), own);
        }
        LengthRange length = new LengthRange(Duration.ofSeconds(2), Duration.ofSeconds(5));
        String hash = Sha256.ofFile(own);
        return new CurateVideoOrder(Path.of("videos", hash), hash, length, Optional.empty(), PictureModels.none());
    }

    private RecordingTaskContext context(String name, CurateVideoOrder video, TaskKind task, Object order)
            throws IOException {
        Path root = workspace.resolve(name);
        Files.createDirectories(root.resolve("videos"));
        Files.createSymbolicLink(
                root.resolve("videos").resolve(video.videoSha256()), workspace.resolve("hand-and-cup.mp4"));
        return new RecordingTaskContext(
                root, task, order, task == TaskKind.CURATE_VIDEO ? List.of() : List.of(CURATED));
    }

    @Test
    void curateCompareAndCaptionHandOnWhatTheyPublish() throws IOException {
        CurateVideoOrder order = order();
        RecordingTaskContext curate = context("curate", order, TaskKind.CURATE_VIDEO, order);
        new CurateVideoTask().run(curate);
        CuratedVideo video = Json.read(curate.pendingOutput().resolve(CurateVideoOrder.VIDEO_FILE), CuratedVideo.class);
        assertThat(video.clips()).hasSize(2);
        assertThat(curate.progress).isNotEmpty();

        RecordingTaskContext compare =
                context("compare", order, TaskKind.COMPARE_CLIPS, new CompareClipsOrder(0.2, Optional.empty()));
        new CompareClipsTask().run(compare.withInput(CURATED, curate.pendingOutput()));
        ClipDuplicates duplicates =
                Json.read(compare.pendingOutput().resolve(CompareClipsOrder.DUPLICATES_FILE), ClipDuplicates.class);
        assertThat(duplicates.clips()).isEqualTo(2);
        assertThat(duplicates.pairs()).isEmpty();

        CuratedClip first = video.clips().get(0);
        CuratedClip second = video.clips().get(1);
        CaptionClipsOrder captions = new CaptionClipsOrder(
                List.of(
                        new NamedClip(video.source(first, order.video()), "hand-and-cup.mp4"),
                        new NamedClip(video.source(second, order.video()), "hand-and-cup.mp4")),
                new CaptionerConfiguration.Describer(),
                new TreeMap<>(Map.of(first.clipId(), "A hand holds a mug.")));
        RecordingTaskContext caption = context("caption", order, TaskKind.CAPTION_CLIPS, captions);
        new CaptionClipsTask().run(caption.withInput(CURATED, curate.pendingOutput()));
        ClipCaptions written =
                Json.read(caption.pendingOutput().resolve(CaptionClipsOrder.CAPTIONS_FILE), ClipCaptions.class);
        assertThat(written.captions())
                .extracting(ClipCaptions.Caption::origin)
                .containsExactly(ClipCaptions.Origin.CSV, ClipCaptions.Origin.DESCRIBER);
        assertThat(written.captions().get(0).tags()).contains("subject:person", "subject:object");
    }

    @Test
    void filtersAreCheckedOnClipsOfAGivenVideo() throws IOException {
        CurateVideoOrder video = order();
        CheckFiltersOrder order = new CheckFiltersOrder(
                CheckFiltersOrder.Group.DUPLICATES,
                List.of(),
                List.of(new CheckFiltersOrder.GivenVideo(video.video(), video.videoSha256())),
                new CheckFiltersOrder.Settings(1, 320, 176, 1),
                new CheckFiltersOrder.Rules(ClipFilters.reference(), 0.2, Optional.empty(), PictureModels.none()));
        RecordingTaskContext check = context("check", video, TaskKind.CHECK_FILTERS, order);
        new CheckFiltersTask().run(check);
        FilterChecks found = Json.read(check.pendingOutput().resolve(FilterChecks.FILE_NAME), FilterChecks.class);
        assertThat(found.clips()).isEqualTo(1);
        assertThat(found.checks()).singleElement().satisfies(duplicates -> {
            assertThat(duplicates.planted()).isEqualTo(4);
            assertThat(duplicates.recall()).hasValue(1);
        });
        PlantedTruth truth =
                Json.read(check.pendingOutput().resolve("planted").resolve(PlantedTruth.FILE_NAME), PlantedTruth.class);
        assertThat(truth.videos()).hasSize(5);
        assertThat(check.pendingOutput().resolve("thumbnails")).doesNotExist();
    }

    @Test
    void aVideoThatChangedSinceItWasListedIsRefused() throws IOException {
        CurateVideoOrder order = order();
        CurateVideoOrder other = new CurateVideoOrder(
                order.video(), "0".repeat(64), order.clipLength(), Optional.empty(), PictureModels.none());
        RecordingTaskContext context = context("changed", order, TaskKind.CURATE_VIDEO, other);
        assertThatThrownBy(() -> new CurateVideoTask().run(context))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT))
                .hasMessageContaining("hand-and-cup.mp4")
                .hasMessageContaining("has changed");
    }

    @Test
    void anAbsentVideoIsRefused() throws IOException {
        CurateVideoOrder order = new CurateVideoOrder(
                Path.of("videos", "absent"),
                "0".repeat(64),
                order().clipLength(),
                Optional.empty(),
                PictureModels.none());
        RecordingTaskContext context = context("absent", order(), TaskKind.CURATE_VIDEO, order);
        assertThatThrownBy(() -> new CurateVideoTask().run(context))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void aStopIsHonouredBetweenFrames() throws IOException {
        RecordingTaskContext context =
                context("stop", order(), TaskKind.CURATE_VIDEO, order()).stopAfter(3);
        assertThatThrownBy(() -> new CurateVideoTask().run(context)).isInstanceOf(StopRequestedException.class);
        assertThat(context.progress).hasSizeLessThan(6);
    }

    @Test
    void aMissingKeyOfTheCaptionServiceIsNamed() throws IOException {
        CaptionClipsOrder order = new CaptionClipsOrder(
                List.of(),
                new CaptionerConfiguration.Endpoint(
                        java.net.URI.create("http://localhost:9/v1"),
                        "m",
                        Optional.of("MUGV_TEST_NO_SUCH_VARIABLE"),
                        "p",
                        1,
                        Duration.ofSeconds(1)),
                new TreeMap<>());
        RecordingTaskContext context = context("key", order(), TaskKind.CAPTION_CLIPS, order);
        assertThatThrownBy(() -> new CaptionClipsTask().run(context))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("MUGV_TEST_NO_SUCH_VARIABLE");
    }
}
