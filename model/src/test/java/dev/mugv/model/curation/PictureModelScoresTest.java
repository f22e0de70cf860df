package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.LengthRange;
import dev.mugv.model.config.PictureModels;
import dev.mugv.model.config.TagModel;
import dev.mugv.model.curation.VideoCurator.Curation;
import dev.mugv.model.format.ClipDuplicates;
import dev.mugv.model.format.ClipEmbeddings;
import dev.mugv.model.format.ClipScores;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ScriptArchive;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureModelScoresTest {
    private static final String MEAN = "return torch.mean(x).reshape([1])";
    private static final String COLOURS = "return torch.mean(x, [0, 2, 3])";

    /** Sixteen numbers: means of a grid of four by four, less the whole's. */
    private static final String GRID =
            "g = torch.mean(torch.adaptive_avg_pool2d(x, [4, 4]), 1).reshape([1, 16])\n  return torch.sub(g, torch.mean(g))";

    @TempDir
    private Path folder;

    private Path model(String name, String body) {
        Path file = folder.resolve(name + ".pt");
        new ScriptArchive(name, "def forward(self, x: Tensor) -> Tensor:\n  " + body).write(file);
        return file;
    }

    private static RgbFrame plain(int red, int green, int blue) {
        byte[] pixels = new byte[3 * 32 * 18];
        for (int at = 0; at < pixels.length; at += 3) {
            pixels[at] = (byte) red;
            pixels[at + 1] = (byte) green;
            pixels[at + 2] = (byte) blue;
        }
        return new RgbFrame(0, 0, 32, 18, pixels);
    }

    private static PictureModelScores open(PictureModels models) {
        return PictureModelScores.open(models, file -> file, 1);
    }

    @Test
    void aClipHasTheWorstSafetyTheMeanTextAreaAndATagForEachName() {
        PictureModels models = new PictureModels(
                Optional.of(model("safety", MEAN)),
                Optional.of(model("text", MEAN)),
                Optional.of(new TagModel(model("tags", COLOURS), List.of("red", "green", "blue"))),
                Optional.empty());
        try (PictureModelScores scores = open(models)) {
            var clip = scores.scores(
                    List.of(scores.ask(plain(51, 51, 51)), scores.ask(plain(255, 0, 0)), scores.ask(plain(0, 0, 0))));
            assertThat(clip.get(ClipScores.SAFETY)).isCloseTo(1 / 3.0, within(1e-5));
            assertThat(clip.get(ClipScores.TEXT_AREA)).isCloseTo((0.2 + 1 / 3.0) / 3, within(1e-5));
            assertThat(clip.get("tag:red")).isCloseTo(0.4, within(1e-5));
            assertThat(clip.get("tag:blue")).isCloseTo(0.2 / 3, within(1e-5));
            assertThat(scores.embedding(List.of(scores.ask(plain(1, 2, 3))))).isEmpty();
        }
    }

    @Test
    void amodelOfAnotherShapeIsRefusedWhenItIsOpenedBeforeAnyPictureIsAsked() {
        Optional<Path> colours = Optional.of(model("three", COLOURS));
        refused(new PictureModels(colours, Optional.empty(), Optional.empty(), Optional.empty()))
                .hasMessageContaining("curation.models.safety")
                .hasMessageContaining("expected 1 finite numbers a picture, found 3");
        refused(new PictureModels(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new TagModel(colours.get(), List.of("one", "other"))),
                        Optional.empty()))
                .hasMessageContaining("curation.models.tags")
                .hasMessageContaining("expected 2 finite numbers a picture, found 3");
        // It takes vectors of ten numbers, not pictures.
        refused(new PictureModels(
                        Optional.empty(),
                        Optional.of(model(
                                "vectors",
                                "return torch.sum(torch.matmul(x, torch.ones([10, 1])), [0, 1, 2, 3]).reshape([1])")),
                        Optional.empty(),
                        Optional.empty()))
                .hasMessageContaining("curation.models.text-area")
                .hasMessageContaining("[1, 3, 224, 224]");
        refused(new PictureModels(
                        Optional.of(model(
                                "nothing", "return torch.div(torch.sum(x), torch.mul(torch.sum(x), 0.)).reshape([1])")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .hasMessageContaining("expected finite numbers, found NaN");
        refused(new PictureModels(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(folder.resolve("absent.pt"))))
                .hasMessageContaining("no such file");
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> refused(PictureModels models) {
        return assertThatThrownBy(() -> open(models))
                .isInstanceOfSatisfying(
                        WorkFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST));
    }

    @Test
    void embeddingsFindTheMaterialThatIsThereTwiceInDifferentVideos() {
        PictureModels models = new PictureModels(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(model("grid", GRID)));
        EmbeddedClips embedded = new EmbeddedClips(0.97);
        int clips = 0;
        CuratedClip original = null;
        CuratedClip copy = null;
        try (PictureModelScores scores = open(models)) {
            for (String name : List.of("bridge-orbit.mp4", "bridge-orbit-reencoded.mp4", "hand-and-cup.mp4")) {
                Curation curation = new VideoCurator(
                                new LengthRange(Duration.ofSeconds(2), Duration.ofSeconds(5)),
                                new ClassicalAestheticScorer(),
                                scores,
                                2)
                        .curate(
                                SampleVideos.named(name),
                                dev.mugv.model.run.Sha256.ofFile(SampleVideos.named(name)),
                                folder.resolve(name),
                                (frames, declared) -> {});
                assertThat(curation.embeddings().clips())
                        .hasSameSizeAs(curation.video().clips());
                embedded.add(curation.embeddings());
                clips += curation.video().clips().size();
                original = name.equals("bridge-orbit.mp4")
                        ? curation.video().clips().get(0)
                        : original;
                copy = name.endsWith("reencoded.mp4") ? curation.video().clips().get(0) : copy;
            }
        }
        ClipDuplicates found = embedded.joined(new ClipDuplicates(clips, 0, List.of()), 2);
        String[] pair = {original.clipId(), copy.clipId()};
        Arrays.sort(pair);
        assertThat(found.pairs()).anySatisfy(one -> {
            assertThat(one.clipId()).isEqualTo(pair[0]);
            assertThat(one.otherId()).isEqualTo(pair[1]);
            assertThat(one.distance()).isBetween(0.0, 0.03);
        });
        assertThat(found.clips()).isEqualTo(clips);
    }

    @Test
    void pairsByFingerprintsStayAndAnotherLengthIsRefused() {
        EmbeddedClips embedded = new EmbeddedClips(0.9);
        embedded.add(new ClipEmbeddings("v", List.of(ClipEmbeddings.Entry.of("a", new float[] {1, 0, 0}))));
        ClipDuplicates byFingerprint = new ClipDuplicates(2, 1, List.of(new ClipDuplicates.Pair("a", "b", 0.1)));
        assertThat(embedded.joined(byFingerprint, 1).pairs()).isEqualTo(byFingerprint.pairs());
        assertThatThrownBy(() -> embedded.add(new ClipEmbeddings(
                        "w", List.of(ClipEmbeddings.Entry.of("c", new float[] {1, 0})))))
                .hasMessageContaining("clip c")
                .hasMessageContaining("3 numbers as the others have, found 2");
    }
}
