package dev.mugv.model.curation.planted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.ClipFilters;
import dev.mugv.model.config.PictureModels;
import dev.mugv.model.config.Range;
import dev.mugv.model.curation.ClassicalAestheticScorer;
import dev.mugv.model.curation.PictureModelScores;
import dev.mugv.model.format.CheckFiltersOrder.Group;
import dev.mugv.model.format.CheckFiltersOrder.Rules;
import dev.mugv.model.format.CheckFiltersOrder.Settings;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.FilterChecks;
import dev.mugv.model.format.FilterChecks.Check;
import dev.mugv.model.format.PlantedEdit;
import dev.mugv.model.format.PlantedTruth;
import dev.mugv.model.format.Transition;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.tensor.ScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlantedMeasurementTest {
    @TempDir
    private Path folder;

    private static ClipSource clip(String name, int first, int end, double fps) {
        Path video = SampleVideos.named(name);
        String hash = Sha256.ofFile(video);
        return new ClipSource(ClipSource.idOf(hash, first, end), video, hash, first, end, fps);
    }

    private static final List<ClipSource> CLIPS = List.of(
            clip("bunny-two-cuts.mp4", 0, 104, 25),
            clip("bridge-orbit.mp4", 0, 60, 30),
            clip("bridge-orbit-reencoded.mp4", 0, 60, 30),
            clip("city-dissolve.mp4", 0, 62, 23.976));

    private FilterChecks measure(Group group, int clips, SortedMap<String, Range> ranges, Path to) {
        // Scores are measured at their own width; changes of shot and copies show at half of it, in a quarter of the
        // time.
        Settings settings = group == Group.SCORES ? new Settings(clips, 320, 176, 7) : new Settings(clips, 160, 96, 7);
        return new PlantedMeasurement(
                        settings,
                        new Rules(ranges, 0.2, Optional.empty(), PictureModels.none()),
                        new ClassicalAestheticScorer(),
                        PictureModelScores.none(),
                        2)
                .measure(group, CLIPS, to, videos -> {});
    }

    private static Map<String, Check> byFilter(FilterChecks checks) {
        return checks.checks().stream().collect(Collectors.toMap(Check::filter, Function.identity()));
    }

    @Test
    void plantedChangesOfShotAreFoundAndTheTruthLiesBesideTheVideos() throws IOException {
        FilterChecks checks = measure(Group.TRANSITIONS, 3, ClipFilters.reference(), folder);
        // The second bridge resembles the first: it is passed over.
        assertThat(checks.clips()).isEqualTo(3);
        for (Check check : checks.checks()) {
            assertThat(check.planted()).as(check.filter()).isGreaterThanOrEqualTo(8);
            assertThat(check.recall().orElseThrow()).as(check.toString()).isGreaterThanOrEqualTo(0.9);
            assertThat(check.precision().orElseThrow()).as(check.toString()).isGreaterThanOrEqualTo(0.9);
        }
        PlantedTruth truth = Json.read(folder.resolve(PlantedTruth.FILE_NAME), PlantedTruth.class);
        assertThat(truth.clips())
                .doesNotHaveDuplicates()
                .hasSize(3)
                .doesNotContain(CLIPS.get(2).clipId());
        for (PlantedTruth.Video video : truth.videos()) {
            assertThat(folder.resolve(video.file())).isNotEmptyFile();
        }
        assertThat(truth.videos().stream()
                        .flatMap(video -> video.transitions().stream())
                        .map(Transition::kind)
                        .distinct())
                .containsExactlyInAnyOrder(Transition.Kind.values());
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(truth.videos().size() + 1);
        }
    }

    @Test
    void filtersRejectWhatIsTheirsAndKeepTheRestAndSaySoWhereNothingLooks() {
        FilterChecks found = measure(Group.SCORES, 2, ClipFilters.reference(), folder);
        Map<String, Check> checks = byFilter(found);
        for (String filter : ClipFilters.reference().keySet()) {
            Check check = checks.get(filter);
            assertThat(check.recall()).as(check.toString()).hasValue(1);
            assertThat(check.precision()).as(check.toString()).hasValue(1);
            assertThat(check.sound()).isGreaterThanOrEqualTo(6);
        }
        for (PlantedEdit edit : List.of(PlantedEdit.SPED, PlantedEdit.TEXT, PlantedEdit.LOGO)) {
            assertThat(checks.get(edit.label()).rule()).isEmpty();
            assertThat(checks.get(edit.label()).recall()).isEmpty();
            assertThat(checks.get(edit.label()).planted()).isEqualTo(2);
        }
    }

    @Test
    void aFilterThatDoesNotFilterHasItsFiguresDrop() {
        SortedMap<String, Range> ranges = new TreeMap<>(ClipFilters.reference());
        ranges.put("sharpness", new Range(0, 100_000));
        ranges.put("exposure", new Range(0.45, 0.46));
        ranges.remove("motion");
        Map<String, Check> checks = byFilter(measure(Group.SCORES, 1, ranges, folder));
        assertThat(checks.get("sharpness").recall()).hasValue(0);
        assertThat(checks.get("exposure").precision().orElseThrow()).isLessThan(0.5);
        assertThat(checks.get("motion").rule()).isEmpty();
        assertThat(checks.get("motion").recall()).isEmpty();
    }

    @Test
    void aModelOfTextIsAFilterOfTextAndIsMeasuredAsSuch() {
        Path file = folder.resolve("white.pt");
        // The share of nearly white places, which the planted letters are; this clip has few by itself.
        new ScriptArchive(
                        "white",
                        "def forward(self, x: Tensor) -> Tensor:\n  return torch.mean(torch.clamp(torch.sub(torch.mul(x, 50.), 48.), 0., 1.)).reshape([1])")
                .write(file);
        PictureModels models =
                new PictureModels(Optional.empty(), Optional.of(file), Optional.empty(), Optional.empty());
        SortedMap<String, Range> ranges = new TreeMap<>(Map.of("text-area", new Range(0, 0.01)));
        try (PictureModelScores scores = PictureModelScores.open(models, path -> path, 1)) {
            FilterChecks found = new PlantedMeasurement(
                            new Settings(1, 320, 176, 7),
                            new Rules(ranges, 0.2, Optional.empty(), models),
                            new ClassicalAestheticScorer(),
                            scores,
                            2)
                    .measure(Group.SCORES, CLIPS.subList(1, 2), folder.resolve("planted"), videos -> {});
            Check check = byFilter(found).get("text-area");
            assertThat(check.planted()).isEqualTo(1);
            assertThat(check.recall()).as(check.toString()).hasValue(1);
            assertThat(byFilter(found)).doesNotContainKey("text").containsKeys("logo", "sped");
        }
    }

    @Test
    void copiesAreFoundMirroredOnesTooAndDifferentClipsAreNot() {
        Check check = byFilter(measure(Group.DUPLICATES, 3, ClipFilters.reference(), folder))
                .get("duplicates");
        assertThat(check.planted()).isEqualTo(12);
        assertThat(check.recall()).as(check.toString()).hasValue(1);
        assertThat(check.falseAlarms()).isZero();
    }

    @Test
    void theSameSeedPlantsTheSameBytes() throws IOException {
        measure(Group.DUPLICATES, 1, ClipFilters.reference(), folder.resolve("one"));
        measure(Group.DUPLICATES, 1, ClipFilters.reference(), folder.resolve("other"));
        try (var files = Files.list(folder.resolve("one"))) {
            for (Path file : files.toList()) {
                assertThat(folder.resolve("other").resolve(file.getFileName())).hasSameBinaryContentAs(file);
            }
        }
    }

    @Test
    void oneClipAloneHasNoChangesOfShotAndThatIsSaid() {
        FilterChecks checks = measure(Group.TRANSITIONS, 1, ClipFilters.reference(), folder);
        assertThat(checks.clips()).isEqualTo(1);
        assertThat(checks.checks())
                .allSatisfy(check -> assertThat(check.recall()).isEmpty());
    }
}
