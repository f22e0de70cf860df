package dev.mugv.steps.report;

import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.FilterChecks.Check;
import dev.mugv.model.format.FilterChecks.Variant;
import dev.mugv.model.statistics.MeanScore;
import dev.mugv.model.statistics.PairedDifference;
import dev.mugv.steps.labels.Agreement;
import dev.mugv.steps.labels.ExactBinomial;
import dev.mugv.steps.labels.HumanStudy;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.report.CuratedVideoResult.Clip;
import dev.mugv.steps.report.CuratedVideoResult.Transition;
import dev.mugv.steps.report.LossCurve.Point;
import dev.mugv.steps.report.PreferenceResult.Margin;
import dev.mugv.steps.report.PreferenceResult.Pair;
import dev.mugv.steps.report.ReportContent.LineageEntry;
import dev.mugv.steps.report.ReportContent.RunFacts;
import dev.mugv.steps.report.SampleComparison.Sample;
import dev.mugv.steps.report.ScoreTable.Better;
import dev.mugv.steps.report.StageResult.Counts;
import dev.mugv.steps.report.StageResult.FirstAndLast;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** A report's content with every part filled, and the small files that it shows. */
final class ExampleReport {
    static final String HOSTILE = "<script>alert(1)</script> \"a\" & 'b' <img src=x onerror=alert(2)>";

    private final Path folder;

    ExampleReport(Path folder) {
        this.folder = folder;
    }

    ReportContent content() {
        return new ReportContent(
                new RunFacts(
                        "demo",
                        Instant.parse("2026-11-22T14:05:30Z"),
                        Duration.ofSeconds(431),
                        "9f2c".repeat(16),
                        "0.1.0+2d1998b"),
                stages(),
                List.of(bridge(), damaged()),
                List.of(
                        new Check(
                                "dissolves",
                                Optional.of("a gradual change named over most of it"),
                                List.of(
                                        new Variant("dissolve of 8 frames", 4, 3),
                                        new Variant("dissolve of 32 frames", 4, 4)),
                                2742,
                                1),
                        new Check("text", Optional.empty(), List.of(new Variant("text", 4, 0)), 0, 0)),
                new ReconstructionResult(
                        List.of(
                                new ReconstructionResult.Resolution(
                                        "96x96x16@8.0", 2, 23.53, 0.7882, Optional.of(0.213)),
                                new ReconstructionResult.Resolution(
                                        "64x64x16@8.0", 2, 25.02, 0.8311, Optional.empty())),
                        List.of(
                                new Reconstruction("0a1b2c3d4e5f6071", picture("sheet-1.png", 512, 128), 24.31, 0.8123),
                                new Reconstruction(
                                        "1a1b2c3d4e5f6071", picture("sheet-2.png", 512, 128), 22.75, 0.7641))),
                List.of(curve("train-vae", 0.31, 0.028, 160), curve("pretrain / proxy", 1.92, 0.78, 240)),
                Optional.of(merge()),
                samples(),
                scores(),
                BenchmarkCardTest.example(),
                Optional.of(preferences()),
                List.of(study()),
                List.of(
                        new LineageEntry("train-vae", "train-vae", "ab".repeat(32), "cd".repeat(32), List.of()),
                        new LineageEntry(
                                "pretrain / proxy",
                                "train-model",
                                "12".repeat(32),
                                "34".repeat(32),
                                List.of("encode-latents", "train-vae"))));
    }

    static CheckpointMerge merge() {
        Map<String, Double> clips = Map.of("a", 0.5, "b", 0.7, "c", 0.6);
        return new CheckpointMerge(
                "length-0.07",
                List.of(
                        new CheckpointMerge.Weight(20, "averages/update-00000020.power-0.05.safetensors", -0.25),
                        new CheckpointMerge.Weight(40, "averages/update-00000040.power-0.1.safetensors", 1.25)),
                List.of(
                        new CheckpointMerge.Candidate(
                                "last",
                                "the weights after the last update",
                                0.6125,
                                new TreeMap<>(clips),
                                Optional.empty()),
                        new CheckpointMerge.Candidate(
                                "length-0.07",
                                "average of relative length 0.07, made of 2 snapshots of 2 profiles",
                                0.6,
                                new TreeMap<>(clips),
                                Optional.of(0.0345))),
                Optional.of(new CheckpointMerge.Comparison("last", 0.0125, 1, 3, PairedDifference.Verdict.TOO_FEW)),
                "length-0.07 has the least validation loss of 2 tried");
    }

    private static HumanStudy study() {
        Agreement agreement = new Agreement(
                LabelBatch.of("demo", LabelKind.HUMAN_EVALUATION, "autumn", 3, 1),
                2,
                2,
                6,
                List.of(new Agreement.AxisAgreement("realistic", 2, Optional.of(0.743))),
                Map.of("faithful", 1, "recognised", 1));
        Map<String, ExactBinomial> passed = Map.of(
                "realistic", new ExactBinomial(1, 2),
                "faithful", new ExactBinomial(1, 2),
                "high-quality", new ExactBinomial(0, 2));
        return new HumanStudy(
                agreement,
                List.of(new HumanStudy.MethodRow("aligned", 2, passed)),
                List.of(new HumanStudy.Duel("aligned", "finetuned", 2, new ExactBinomial(1, 1))));
    }

    static List<StageResult> stages() {
        return List.of(
                new StageResult(
                        "curate-videos",
                        Duration.ofMillis(38_400),
                        Optional.of(Counts.of(
                                "clips",
                                23,
                                14,
                                Map.of("near-duplicate", 5L, "too little motion", 3L, "too dark", 2L))),
                        Optional.empty(),
                        Optional.empty(),
                        new TreeMap<>(),
                        ""),
                new StageResult(
                        "train-vae",
                        Duration.ofMillis(95_200),
                        Optional.empty(),
                        Optional.of(new FirstAndLast(0.3104, 0.0281)),
                        Optional.of(new FirstAndLast(0.2987, 0.0301)),
                        new TreeMap<>(Map.of("PSNR", 23.53, "SSIM", 0.7882)),
                        "abababababababab"),
                new StageResult(
                        "pretrain / proxy",
                        Duration.ofMillis(71_000),
                        Optional.empty(),
                        Optional.of(new FirstAndLast(1.92, 0.78)),
                        Optional.of(new FirstAndLast(1.88, 0.81)),
                        new TreeMap<>(),
                        "1212121212121212"));
    }

    static ScoreTable scores() {
        return new ScoreTable(
                List.of("pretrained", "finetuned", "aligned"),
                List.of(
                        new ScoreTable.Row(
                                "motion smoothness",
                                "How well the frame between two others is their mean.",
                                Better.HIGHER,
                                values(0.9312, 0.9401, 0.9398)),
                        new ScoreTable.Row(
                                "dynamic degree",
                                "Share of samples that move.",
                                Better.NEITHER,
                                values(0.5, 0.75, 0.75)),
                        new ScoreTable.Row(
                                "validation loss",
                                "On the fixed grid.",
                                Better.LOWER,
                                List.of(
                                        Optional.of(MeanScore.of(0.81)),
                                        Optional.empty(),
                                        Optional.of(MeanScore.of(0.77))))));
    }

    private static List<Optional<MeanScore>> values(double... means) {
        return Arrays.stream(means)
                .mapToObj(mean -> Optional.of(MeanScore.of(mean - 0.02, mean, mean + 0.02)))
                .toList();
    }

    private CuratedVideoResult bridge() {
        List<Clip> clips = IntStream.range(0, 4)
                .mapToObj(i -> new Clip(
                        "clip-" + i,
                        i * 96,
                        i * 96 + 90,
                        Optional.of(picture("thumbnail-" + i + ".png", 192, 108)),
                        i == 0 ? HOSTILE : "a bridge seen from the air, strong motion to the left",
                        i == 2 ? List.of("near-duplicate") : i == 3 ? List.of("too dark", "too blurred") : List.of(),
                        i == 2 ? Optional.of("clip-7") : Optional.empty(),
                        new TreeMap<>(Map.of("sharpness", 195.2 + i, "motion", 1.25, "exposure", 0.48))))
                .toList();
        return new CuratedVideoResult(
                "bridge-orbit.mp4",
                "MIT, may be trained on and shown",
                640,
                360,
                396,
                30,
                List.of(new Transition("cut", 93, 94), new Transition("dissolve", 280, 295)),
                clips,
                List.of());
    }

    private CuratedVideoResult damaged() {
        return new CuratedVideoResult(
                "box.mp4",
                "Apache-2.0",
                320,
                240,
                120,
                23.976,
                List.of(),
                List.of(),
                List.of("Cannot decode frames 0 to 31: the stream is damaged there."));
    }

    private static LossCurve curve(String stage, double from, double to, int updates) {
        Random random = new Random(7);
        List<Point> training = new ArrayList<>();
        List<Point> validation = new ArrayList<>();
        for (int update = 1; update <= updates; update++) {
            double loss = to + (from - to) * Math.exp(-5.0 * update / updates);
            training.add(new Point(update, loss * (1 + 0.18 * random.nextGaussian())));
            if (update == 1 || update % (updates / 8) == 0) {
                validation.add(new Point(update, loss * 1.03));
            }
        }
        return new LossCurve(stage, "loss", training, validation);
    }

    private List<SampleComparison> samples() {
        List<Sample> generated = java.util.stream.Stream.of("pretrained", "finetuned", "aligned")
                .map(name -> new Sample(
                        name,
                        video(name + ".mp4"),
                        Optional.of(picture(name + "-sheet.png", 256, 64)),
                        new TreeMap<>(Map.of("temporal flicker", 0.981, "motion smoothness", 0.94))))
                .toList();
        return List.of(
                new SampleComparison(
                        "a hand reaches for a cup on a table",
                        Optional.of(picture("first-frame.png", 192, 108)),
                        generated),
                new SampleComparison(HOSTILE, Optional.empty(), generated));
    }

    private PreferenceResult preferences() {
        return new PreferenceResult(
                "an automatic rule: of two samples, the one with less flicker is preferred",
                9,
                7,
                List.of(new Pair(
                        "a hand reaches for a cup",
                        Optional.of(video("finetuned.mp4")),
                        Optional.of(video("pretrained.mp4")),
                        "flicker 0.981 against 0.912")),
                List.of(new Margin("motion", "share of pairs ranked as labelled", 0.5, 0.875)));
    }

    private Path picture(String name, int width, int height) {
        Path file = folder.resolve(name);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, new Color(0x3a5f8a), width, height, new Color(0xd9a066)));
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        try {
            ImageIO.write(image, "png", file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private Path video(String name) {
        try {
            return Files.writeString(folder.resolve(name), "stands for an MP4: the report only copies it");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
