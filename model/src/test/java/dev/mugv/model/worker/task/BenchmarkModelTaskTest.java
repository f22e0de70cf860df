package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.format.BenchmarkDimension;
import dev.mugv.model.format.BenchmarkModelOrder;
import dev.mugv.model.format.BenchmarkModelOrder.ImportedScores;
import dev.mugv.model.format.BenchmarkModelOrder.RealVideos;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.EvaluateModelOrder;
import dev.mugv.model.format.FeatureDistance;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.GivenFile;
import dev.mugv.model.format.ModelBenchmark;
import dev.mugv.model.format.ModelBenchmark.Measured;
import dev.mugv.model.format.ModelBenchmark.Origin;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkModelTaskTest {
    private static final ArtifactRef EVALUATION =
            new ArtifactRef(TaskKind.EVALUATE_MODEL, "a".repeat(64), "b".repeat(64));
    private static final String COLOURS =
            "def forward(self, x: Tensor) -> Tensor:\n  return torch.reshape(torch.mean(x, [2, 3]), [1, 3])";

    @TempDir
    private static Path evaluated;

    private static String text;
    private static String image;
    private static String other;
    private static ClipSource clip;

    @TempDir
    private Path folder;

    @BeforeAll
    static void evaluate() throws IOException {
        TinyPipeline pipeline = TinyPipeline.create(evaluated);
        EvaluateModelOrder order = new EvaluateModelOrder(
                "proxy",
                List.of(),
                pipeline.settings(),
                List.of(
                        pipeline.textToVideo(),
                        pipeline.imageToVideo(),
                        new GenerationItem("other", "a cup", Optional.empty())));
        new EvaluateModelTask().run(pipeline.context("one", TaskKind.EVALUATE_MODEL, order));
        text = pipeline.textToVideo().sampleId(0);
        image = pipeline.imageToVideo().sampleId(0);
        other = "other-t2v-0";
        clip = pipeline.imageToVideo().firstFrameOf().orElseThrow();
    }

    @Test
    void measuresImageToVideoSamplesByWhatTheProductHasItself() throws Exception {
        ModelBenchmark card = score(order(Map.of(), List.of()));

        assertThat(card.dimensions())
                .extracting(Measured::dimension, Measured::origin)
                .containsExactly(
                        tuple(BenchmarkDimension.IMAGE_SUBJECT, Origin.RANDOM_NETWORK),
                        tuple(BenchmarkDimension.IMAGE_BACKGROUND, Origin.RANDOM_NETWORK),
                        tuple(BenchmarkDimension.SUBJECT_CONSISTENCY, Origin.RANDOM_NETWORK),
                        tuple(BenchmarkDimension.BACKGROUND_CONSISTENCY, Origin.RANDOM_NETWORK),
                        tuple(BenchmarkDimension.MOTION_SMOOTHNESS, Origin.OWN_MEASURE),
                        tuple(BenchmarkDimension.DYNAMIC_DEGREE, Origin.OWN_MEASURE),
                        tuple(BenchmarkDimension.AESTHETIC_QUALITY, Origin.OWN_MEASURE));
        assertThat(card.dimensions())
                .allSatisfy(measured -> assertThat(measured.scores()).containsOnlyKeys(image));
        assertThat(card.totals().total()).isEmpty();
        assertThat(score(order(Map.of(), List.of()))).isEqualTo(card);
    }

    @Test
    void givesATotalOnceNetworksAndImportedScoresFillTheCard() throws Exception {
        GivenFile encoder = given("colours.pt", COLOURS);
        GivenFile quality = given(
                "brightness.pt", "def forward(self, x: Tensor) -> Tensor:\n  return torch.mul(torch.mean(x), 100.)");
        Map<BenchmarkDimension, GivenFile> networks = new EnumMap<>(Map.of(
                BenchmarkDimension.IMAGE_SUBJECT,
                encoder,
                BenchmarkDimension.SUBJECT_CONSISTENCY,
                encoder,
                BenchmarkDimension.IMAGING_QUALITY,
                quality));

        ModelBenchmark card = score(order(networks, List.of(camera())));

        assertThat(card.totals().total()).isPresent();
        Measured subject = card.dimensions().get(1);
        assertThat(subject.origin()).isEqualTo(Origin.GIVEN_NETWORK);
        assertThat(subject.by()).isEqualTo("torchscript-" + encoder.sha256().substring(0, 16));
        // Mean colours of frames of one clip point the same way, but not exactly so.
        assertThat(subject.mean()).isBetween(0.9, 1.0);
        assertThat(card.dimensions().get(0).by()).isEqualTo("file " + "c".repeat(16));
    }

    @Test
    void refusesANetworkOfTheWrongShapeBeforeAnyVideoIsRead() throws Exception {
        GivenFile wrong =
                given("wrong.pt", "def forward(self, x: Tensor) -> Tensor:\n  return torch.mean(x, [2, 3], True)");
        RecordingTaskContext context = context(order(Map.of(BenchmarkDimension.SUBJECT_CONSISTENCY, wrong), List.of()));

        assertThatThrownBy(() -> new BenchmarkModelTask().run(context))
                .isInstanceOfSatisfying(
                        WorkFailure.class, failure -> assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessage(
                        "Cannot use '%s' for 'subject-consistency': given (1, 3, 224, 224), it answers (1, 3, 1, 1), expected finite features [1, D] of fp32. Name a file with such a forward, or remove it."
                                .formatted(folder.resolve("wrong.pt")));
        assertThat(context.progress).isEmpty();
    }

    @Test
    void refusesANetworkThatDoesNotTakeAPicture() throws Exception {
        GivenFile wrong = given(
                "flat.pt", "def forward(self, x: Tensor) -> Tensor:\n  return torch.matmul(x, torch.zeros([7, 1]))");

        assertThatThrownBy(() -> score(order(Map.of(BenchmarkDimension.IMAGING_QUALITY, wrong), List.of())))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("for 'imaging-quality': given (1, 3, 224, 224), it fails: ")
                .hasMessageContaining("expected one finite number of fp32");
    }

    @Test
    void tellsHowFarTheVideosLieFromRealOnes() throws Exception {
        RealVideos real = new RealVideos(TinyPipeline.SHAPE, Collections.nCopies(6, clip), Optional.empty());

        FeatureDistance distance =
                score(order(Map.of(), List.of(), real)).distance().orElseThrow();

        assertThat(distance.encoder()).isEqualTo("random-convolutions-1");
        assertThat(distance.generated()).isEqualTo(3);
        assertThat(distance.real()).isEqualTo(6);
        // Image to video shows the given picture and the eight frames of the other latent.
        assertThat(distance.frames()).isEqualTo(9);
        assertThat(distance.distance())
                .isBetween(distance.low(), distance.high())
                .isPositive();
        // Six times the same clip: its halves are the same.
        assertThat(distance.floor().orElseThrow()).isCloseTo(0, within(1e-9));
    }

    @Test
    void refusesAVideoEncoderOfTheWrongShapeBeforeAnyVideoIsRead() throws Exception {
        GivenFile pictures = given("pictures.pt", COLOURS);
        RecordingTaskContext context = context(
                order(Map.of(), List.of(), new RealVideos(TinyPipeline.SHAPE, List.of(clip), Optional.of(pictures))));

        assertThatThrownBy(() -> new BenchmarkModelTask().run(context))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("for 'video-encoder': given (1, 3, 9, 224, 224), it fails: ");
        assertThat(context.progress).isEmpty();
    }

    @Test
    void refusesAScoreBeyondTheScaleOfItsDimension() throws Exception {
        GivenFile loud =
                given("loud.pt", "def forward(self, x: Tensor) -> Tensor:\n  return torch.add(torch.mean(x), 200.)");

        assertThatThrownBy(() -> score(order(Map.of(BenchmarkDimension.IMAGING_QUALITY, loud), List.of())))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected imaging-quality between 0 and 100.0, found 200.");
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.groups.Tuple.tuple(values);
    }

    private static ImportedScores camera() {
        return new ImportedScores(BenchmarkDimension.CAMERA_MOTION, "c".repeat(64), new TreeMap<>(Map.of(image, 1.0)));
    }

    private static BenchmarkModelOrder order(
            Map<BenchmarkDimension, GivenFile> networks, List<ImportedScores> imported) {
        return order(networks, imported, new RealVideos(TinyPipeline.SHAPE, List.of(), Optional.empty()));
    }

    private static BenchmarkModelOrder order(
            Map<BenchmarkDimension, GivenFile> networks, List<ImportedScores> imported, RealVideos real) {
        return new BenchmarkModelOrder("proxy", List.of(text, image, other), networks, imported, real);
    }

    private GivenFile given(String name, String script) {
        Path file = folder.resolve(name);
        new ScriptArchive(name, script).write(file);
        return new GivenFile(file, Sha256.ofFile(file));
    }

    private RecordingTaskContext context(BenchmarkModelOrder order) {
        return new RecordingTaskContext(folder.resolve("run"), TaskKind.BENCHMARK_MODEL, order, List.of(EVALUATION))
                .withInput(EVALUATION, evaluated.resolve("one/output"));
    }

    private ModelBenchmark score(BenchmarkModelOrder order) throws IOException {
        RecordingTaskContext context = context(order);
        Files.createDirectories(context.pendingOutput());
        new BenchmarkModelTask().run(context);
        return Json.read(context.pendingOutput().resolve(ModelBenchmark.FILE_NAME), ModelBenchmark.class);
    }
}
