package dev.mugv.steps.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.SourceVideo.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VideoFolderTest {
    private static final String HEADER = "file,source,licence,consent,allowed-use\n";

    @TempDir
    Path temp;

    private Path folder;
    private Path manifest;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = Files.createDirectory(temp.resolve("videos"));
        manifest = temp.resolve("screening.csv");
    }

    private List<SourceVideo> scan(String rows) throws Exception {
        Files.writeString(manifest, HEADER + rows);
        return new VideoFolder(folder, ScreeningManifest.read(manifest)).scan();
    }

    @Test
    void aFileThatTheManifestDoesNotNameIsRefused() throws Exception {
        Files.writeString(folder.resolve("a.mp4"), "a");
        assertThat(scan("b.mp4,here,MIT,not needed,training\n")).singleElement().satisfies(video -> {
            assertThat(video.state()).isEqualTo(State.REFUSED);
            assertThat(video.reason()).isEqualTo("the screening manifest does not name it");
            assertThat(video.sha256()).isEmpty();
        });
    }

    @Test
    void theStarSpeaksForTheRestAndANamedFileForItself() throws Exception {
        Files.writeString(folder.resolve("a.mp4"), "a");
        Files.writeString(folder.resolve("b.mp4"), "b");
        List<SourceVideo> videos = scan("*,here,MIT,not needed,training\nb.mp4,there,none,none,evaluation\n");
        assertThat(videos).extracting(SourceVideo::state).containsExactly(State.ADMITTED, State.REFUSED);
        assertThat(videos.get(1).reason()).isEqualTo("allowed use is evaluation, not training");
    }

    @Test
    void theSecondOfTwoEqualFilesIsACopy() throws Exception {
        Files.writeString(folder.resolve("a.mp4"), "same");
        Files.writeString(folder.resolve("b.mp4"), "same");
        List<SourceVideo> videos = scan("*,here,MIT,not needed,training\n");
        assertThat(videos.get(1).state()).isEqualTo(State.COPY);
        assertThat(videos.get(1).reason()).isEqualTo("same bytes as a.mp4");
    }

    @Test
    void linksNameContentsAndFollowAMovedFile() throws Exception {
        Files.writeString(folder.resolve("a.mp4"), "a");
        Path workspace = temp.resolve("workspace");
        List<SourceVideo> before = scan("*,here,MIT,not needed,training\n");
        new VideoFolder(folder, ScreeningManifest.read(manifest)).link(before, workspace);
        Files.move(folder.resolve("a.mp4"), folder.resolve("z.mp4"));
        List<SourceVideo> after = scan("*,here,MIT,not needed,training\n");
        new VideoFolder(folder, ScreeningManifest.read(manifest)).link(after, workspace);
        assertThat(after.get(0).sha256()).isEqualTo(before.get(0).sha256());
        assertThat(workspace.resolve(
                        CatalogedClip.videoPath(after.get(0).sha256().orElseThrow())))
                .hasContent("a");
    }

    @Test
    void aMissingFolderIsNamed() throws Exception {
        Files.delete(folder);
        assertThatThrownBy(() -> scan(""))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("Cannot read video folder '" + folder
                        + "': there is no such folder. Correct 'videos.folder' in the configuration.");
    }

    @Test
    void anEmptyFolderIsNamed() {
        assertThatThrownBy(() -> scan("")).hasMessageContaining("it holds no video file");
    }

    @Test
    void everyFaultOfTheManifestIsReportedAtOnce() {
        assertThatThrownBy(() -> scan("a.mp4,here,MIT,not needed,anything\nb.mp4,here,,,training\n"))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("line 2: allowed-use 'anything'")
                .hasMessageContaining("line 3: licence and consent must be stated");
    }
}
