package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.ClipFilters;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.format.DecodeFaults;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.model.format.FrameRange;
import dev.mugv.model.format.VideoProperties;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCatalog;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.DuplicatePair;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.SourceVideo.AllowedUse;
import dev.mugv.steps.catalog.SourceVideo.Screening;
import dev.mugv.steps.catalog.SourceVideo.State;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.retention.WrittenArtifact;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** {@code mugv clips what-if} as it is given, over a database with two videos of three clips each. */
class WhatIfCommandTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static final String FILM = "ab".repeat(32);
    private static final String SHORT_FILM = "cd".repeat(32);

    @TempDir
    Path folder;

    private final TypedCommand command = new TypedCommand();
    private final JdbcClient jdbc = JdbcClient.create(postgres.dataSource());
    private Path workspace;
    private Path configuration;
    private String run;

    @BeforeEach
    void curate() throws IOException {
        workspace = Files.createDirectory(folder.resolve("workspace"));
        configuration = TypedCommand.configuration(folder, workspace, postgres.address());
        run = ConfigurationFile.read(configuration, PathCheck.SKIPPED).name();
        jdbc.sql("TRUNCATE source_video, clip, clip_score, clip_decision, clip_duplicate, clip_caption, stage_artifact")
                .update();
        Screening rights = new Screening("here", "MIT", "not needed", AllowedUse.TRAINING);
        new VideoCatalog(jdbc)
                .replace(
                        run,
                        List.of(
                                new SourceVideo("a.mp4", Optional.of(FILM), 10, rights, State.ADMITTED, ""),
                                new SourceVideo("b.mp4", Optional.of(SHORT_FILM), 10, rights, State.ADMITTED, "")));
        curated(0, "a.mp4", FILM, Map.of("1".repeat(16), 4.0, "2".repeat(16), 6.0, "3".repeat(16), 8.0));
        curated(1, "b.mp4", SHORT_FILM, Map.of("4".repeat(16), 5.5, "5".repeat(16), 9.0, "6".repeat(16), 9.5));
        new DecisionCatalog(jdbc).replaceDuplicates(run, List.of(new DuplicatePair("5".repeat(16), "6".repeat(16), 3)));
    }

    private void curated(int position, String path, String sha256, Map<String, Double> aesthetic) throws IOException {
        List<CatalogedClip> clips = new ArrayList<>();
        List<CuratedClip> found = new ArrayList<>();
        Map<String, String> files = new LinkedHashMap<>();
        int first = 0;
        for (Map.Entry<String, Double> clip : new TreeMap<>(aesthetic).entrySet()) {
            SortedMap<String, Double> scores = new TreeMap<>(Map.of(
                    "aesthetic", clip.getValue(), "motion", 2.0, "sharpness", 200.0, "exposure", 0.5, "shake", 0.1));
            scores.putAll(Map.of("border-share", 0.0, "repeated-share", 0.0));
            clips.add(new CatalogedClip(
                    clip.getKey(), sha256, first, first + 100, 25, 640, 360, EntryPoint.START, scores));
            String picture = "thumbnails/" + clip.getKey() + ".png";
            found.add(new CuratedClip(
                    clip.getKey(),
                    new FrameRange(first, first + 100),
                    first / 25.0,
                    4,
                    EntryPoint.START,
                    scores,
                    List.of(),
                    "test",
                    picture));
            files.put(picture, "picture of " + clip.getKey());
            first += 100;
        }
        new ClipCatalog(jdbc).replace(sha256, "k".repeat(64), clips, List.of());
        files.put(
                "video.json",
                new String(
                        Json.bytes(new CuratedVideo(
                                sha256,
                                new VideoProperties("mov,mp4", "h264", 640, 360, 1, 0, 25, 12, 300, "yuv420p"),
                                300,
                                25,
                                DecodeFaults.NONE,
                                List.of(),
                                List.of(),
                                List.of(new FrameRange(0, 300)),
                                found,
                                List.of())),
                        java.nio.charset.StandardCharsets.UTF_8));
        new StageCatalog(jdbc)
                .put(
                        run,
                        "curate-videos",
                        position,
                        new StageArtifact(
                                path, WrittenArtifact.write(workspace, TaskKind.CURATE_VIDEO, sha256, files)));
    }

    @Test
    void itSaysWhatIsLostAndShowsTheClipsAtTheLimitAndChangesNothing() throws Exception {
        assertThat(whatIf("--aesthetic", "5..8.5", "--show", "1"))
                .as(command.err())
                .isZero();
        assertThat(command.out())
                .containsPattern("kept +5 +3")
                .contains("aesthetic at least 5.000 loses 1 by itself")
                .contains("just lost  1111111111111111 (4.000)")
                .contains("just kept  4444444444444444 (5.500)")
                .contains("aesthetic at most 8.500 loses 2 by itself");
        Path page = workspace.resolve("what-if/index.html");
        assertThat(command.out()).contains("Pictures: " + page);
        assertThat(Files.readString(page)).contains("1".repeat(16), "4".repeat(16));
        try (var pictures = Files.list(page.resolveSibling("assets"))) {
            assertThat(pictures.map(WhatIfCommandTest::content))
                    .contains("picture of " + "1".repeat(16), "picture of " + "4".repeat(16))
                    .doesNotContain("picture of " + "2".repeat(16));
        }
        assertThat(jdbc.sql("SELECT count(*) FROM clip_decision")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void everyFilterOfTheConfigurationHasAnOption() {
        List<String> components = Arrays.stream(ClipFilters.class.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .toList();
        assertThat(ClipFilters.measures()).containsOnlyKeys(components);
        assertThat(whatIf("--json", "--sharpness", "any", "--shake", "..0.05", "--repeated-share", "..0.5"))
                .as(command.err())
                .isZero();
        JsonNode answer = Json.parse(command.out(), JsonNode.class);
        assertThat(answer.path("filters").propertyNames())
                .contains("shake", "repeated-share")
                .doesNotContain("sharpness");
        assertThat(answer.path("then").path("clips").asInt()).isZero();
    }

    @Test
    void aScoreThatNobodyMeasuredIsSaid() {
        assertThat(whatIf("--safety", "..0.5")).isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(command.err())
                .startsWith(
                        "Cannot try a filter of 'safety': expected the score of all 6 clips, found 6 without it. Configure");
        assertThat(workspace.resolve("what-if")).doesNotExist();
    }

    @Test
    void wrongRangesAndClipsThatAreNotThereAreAnsweredByTheirMessages() {
        assertThat(whatIf("--motion", "20..1.5")).isEqualTo(ExitCode.USAGE.code());
        assertThat(command.err()).contains("expected the lower end first, found '20..1.5'");
        assertThat(whatIf("--show", "0")).isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(command.err()).contains("expected --show of at least 1, found 0");
        jdbc.sql("TRUNCATE clip, clip_score, clip_decision, clip_duplicate, clip_caption")
                .update();
        assertThat(whatIf("--motion", "1.5..20")).isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(command.err()).contains("expected measured clips, found none. Run 'mugv run --job curate-videos'.");
    }

    @Test
    void aVideoWhosePicturesAreGoneIsShownByTheIdsOfItsClips() throws Exception {
        try (var files = Files.walk(workspace.resolve("artifacts"))) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        assertThat(whatIf("--aesthetic", "5")).as(command.err()).isZero();
        assertThat(Files.readString(workspace.resolve("what-if/index.html"))).contains("1".repeat(16));
    }

    private int whatIf(String... options) {
        List<String> arguments = new ArrayList<>(List.of("clips", "what-if", "--config", configuration.toString()));
        arguments.addAll(List.of(options));
        return command.run(arguments.toArray(String[]::new));
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
