package dev.mugv.model.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.chat.ChatServer;
import dev.mugv.model.config.RewriterConfiguration;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.GenerateVideoRequest;
import dev.mugv.model.format.GenerateVideoRequest.Existing;
import dev.mugv.model.format.GenerateVideoRequest.Given;
import dev.mugv.model.format.GenerateVideoRequest.Nets;
import dev.mugv.model.format.GenerateVideoRequest.Output;
import dev.mugv.model.format.GenerateVideoRequest.TrainedWith;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.PngImages;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.VideoWriter;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.ToolKind;
import dev.mugv.model.text.T5TextEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class GenerateVideoToolTest {
    private static final int LATENTS = TinyNets.SHAPE.latentFrames();
    /** What the encoder for the file loses of a plain grey. */
    private static final int NEAR = 8;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
    private TinyNets tiny;

    @BeforeEach
    void writeNets() {
        tiny = TinyNets.in(folder);
    }

    @Test
    void fromAPromptItWritesAVideoAndSaysWhere() throws IOException {
        assertThat(run(tiny.request(Given.NOTHING))).as(text(progress)).isZero();
        List<RgbFrame> frames = frames(tiny.out(), TinyNets.SHAPE.fps());
        assertThat(frames).hasSize(8 * LATENTS);
        assertThat(frames.get(0).width()).isEqualTo(48);
        assertThat(frames.get(0).height()).isEqualTo(32);
        assertThat(text(out)).isEqualTo(tiny.out() + ": 48x32, 24 frames at 8 a second, 3.0 s, seed 42\n");
        assertThat(text(progress))
                .contains("read the prompt", "2 steps", "24 frames")
                .doesNotContain("\r", "Note");
        assertThat(names()).containsExactly("model", "out.mp4", "vae.safetensors");
    }

    @Test
    void theSameRequestMakesTheSameFileAndAnotherSeedAnotherOne() throws IOException {
        run(tiny.request(Given.NOTHING));
        byte[] first = Files.readAllBytes(tiny.out());
        Files.delete(tiny.out());
        run(tiny.request(Given.NOTHING));
        assertThat(Files.readAllBytes(tiny.out())).isEqualTo(first);

        GenerateVideoRequest again = tiny.request(Given.NOTHING);
        GenerateVideoRequest other = new GenerateVideoRequest(
                again.prompt(),
                again.nets(),
                again.shape(),
                new SamplerConfiguration(2, 3, "blurry", 43),
                again.given(),
                new Output(tiny.out(), Existing.REPLACED),
                1);
        assertThat(run(other)).isZero();
        assertThat(Files.readAllBytes(tiny.out())).isNotEqualTo(first);
    }

    @Test
    void aRewrittenPromptIsReadAndKeptBesideTheVideo() throws IOException {
        GenerateVideoRequest plain = tiny.request(Given.NOTHING);
        try (ChatServer server = new ChatServer().says("A red ball rolls over grass.")) {
            GenerateVideoRequest asked = new GenerateVideoRequest(
                    plain.prompt(),
                    plain.nets(),
                    plain.shape(),
                    plain.sampler(),
                    plain.given(),
                    plain.output(),
                    1,
                    Optional.of(new GenerateVideoRequest.Rewriting(
                            new RewriterConfiguration(
                                    server.address(), "scribe", Optional.empty(), "{prompt}", Duration.ofSeconds(10)),
                            Optional.of(6.0))));
            assertThat(run(asked)).as(text(progress)).isZero();
        }
        RewrittenPrompt kept =
                Json.read(tiny.out().resolveSibling("out.mp4" + RewrittenPrompt.FILE_SUFFIX), RewrittenPrompt.class);
        assertThat(kept.original()).isEqualTo(plain.prompt());
        assertThat(kept.rewritten()).isEqualTo("A red ball rolls over grass.");
        assertThat(text(progress)).contains("Prompt by scribe: A red ball rolls over grass.");
        byte[] rewritten = Files.readAllBytes(tiny.out());

        // The model reads what was answered, with the score that ends it.
        GenerateVideoRequest same = new GenerateVideoRequest(
                "A red ball rolls over grass. aesthetic score: 6.0.",
                plain.nets(),
                plain.shape(),
                plain.sampler(),
                plain.given(),
                new Output(tiny.out(), Existing.REPLACED),
                1);
        assertThat(run(same)).isZero();
        assertThat(Files.readAllBytes(tiny.out())).isEqualTo(rewritten);
    }

    @Test
    void firstAndLastPicturesAreShownAtBothEnds() {
        Path first = picture("first.png", 40);
        Path last = picture("last.png", 200);
        assertThat(run(tiny.request(new Given(Optional.of(first), Optional.of(last), Optional.empty(), 1, 0))))
                .as(text(progress))
                .isZero();
        List<RgbFrame> frames = frames(tiny.out(), TinyNets.SHAPE.fps());
        assertThat(frames).hasSize(2 + 8 * (LATENTS - 2));
        requireGrey(frames.get(0), 40);
        requireGrey(frames.get(frames.size() - 1), 200);
    }

    @Test
    void aContinuedVideoIsShownWholeAndThenGoesOn() {
        Path clip = clip("clip.mp4", 20);
        assertThat(run(tiny.request(new Given(Optional.empty(), Optional.empty(), Optional.of(clip), 2, 5))))
                .as(text(progress))
                .isZero();
        List<RgbFrame> frames = frames(tiny.out(), TinyNets.SHAPE.fps());
        assertThat(frames).hasSize(20 + 8 * (LATENTS - 2));
        for (int i = 0; i < 20; i++) {
            requireGrey(frames.get(i), 10 * i);
        }
    }

    @Test
    void aPromptThatIsTooLongIsCutWithANote() {
        GenerateVideoRequest request = tiny.request(Given.NOTHING);
        GenerateVideoRequest longer = new GenerateVideoRequest(
                "a red ball ".repeat(10),
                request.nets(),
                request.shape(),
                request.sampler(),
                request.given(),
                request.output(),
                1);
        assertThat(run(longer)).isZero();
        // The seeded encoder has a token a byte, and an end token.
        assertThat(text(progress))
                .contains("Note: the prompt has 111 tokens; the model reads 24, so its end is left out.");
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingIsMade() throws IOException {
        Nets nets = tiny.nets();
        TextConfiguration wide = new TextConfiguration(Optional.empty(), 32, 24, 3);
        requireRefusal(
                nets(folder.resolve("none"), nets.vae(), TinyNets.TEXT),
                "has no model.json or no model.safetensors. Give a checkpoint's folder");
        requireRefusal(nets(nets.model(), folder.resolve("none"), TinyNets.TEXT), "there is no VideoVAE");
        requireRefusal(nets(nets.model(), nets.model().resolve("model.safetensors"), TinyNets.TEXT), "as a VideoVAE");
        requireRefusal(nets(nets.model(), nets.vae(), wide), "makes features 32 wide");
        String vae = Sha256.ofFile(nets.vae());
        String text = T5TextEncoder.identity(TinyNets.TEXT);
        requireRefusal(trainedWith("0".repeat(64), text), "expected the VideoVAE 0000");
        requireRefusal(trainedWith(vae, "0".repeat(64)), "expected text encoder 0000");
        assertThat(run(trainedWith(vae, text))).isZero();
        requireRefusal(tiny.request(Given.NOTHING), "it is there already. Give another --out, or --overwrite");
        Files.delete(tiny.out());

        requireRefusal(given(Optional.of(nets.vae()), Optional.empty()), "Cannot use picture '" + nets.vae());
        requireRefusal(
                given(Optional.empty(), Optional.of(clip("short.mp4", 7))), "expected at least 8 frames of video");
        GenerateVideoRequest request = tiny.request(Given.NOTHING);
        requireRefusal(
                new GenerateVideoRequest(
                        request.prompt(),
                        request.nets(),
                        request.shape(),
                        request.sampler(),
                        request.given(),
                        new Output(folder.resolve("nowhere/out.mp4"), Existing.KEPT),
                        1),
                "expected a folder that can be written");
    }

    /** In a process of its own, ended while it samples; a crash of the JVM would leave its report there. */
    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void aToolThatIsInterruptedLeavesNothingBehind() throws Exception {
        GenerateVideoRequest request = tiny.request(tiny.nets(), Given.NOTHING, new VideoShape(256, 256, 800, 8));
        Path log = folder.resolve("log.txt");
        Process tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ToolMain.class.getName(),
                        ToolKind.GENERATE_VIDEO.label(),
                        Json.text(request))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        while (tool.isAlive() && !Files.readString(log).contains("read the prompt")) {
            Thread.sleep(50);
        }
        assertThat(names()).anyMatch(name -> name.startsWith("pending-out.mp4"));
        Thread.sleep(500);
        tool.destroy();
        assertThat(tool.waitFor()).as(Files.readString(log)).isEqualTo(HardExit.INTERRUPTED);
        assertThat(names()).containsExactly("log.txt", "model", "vae.safetensors");
    }

    private GenerateVideoRequest trainedWith(String vae, String text) {
        Nets nets = tiny.nets();
        return tiny.request(
                new Nets(nets.model(), nets.vae(), nets.text(), Optional.of(new TrainedWith(vae, text))),
                Given.NOTHING,
                TinyNets.SHAPE);
    }

    private GenerateVideoRequest nets(Path model, Path vae, TextConfiguration text) {
        return tiny.request(new Nets(model, vae, text, Optional.empty()), Given.NOTHING, TinyNets.SHAPE);
    }

    private GenerateVideoRequest given(Optional<Path> image, Optional<Path> video) {
        return tiny.request(new Given(image, Optional.empty(), video, 1, 0));
    }

    private void requireRefusal(GenerateVideoRequest request, String fact) throws IOException {
        List<String> before = names();
        progress.reset();
        assertThat(run(request)).isIn(FailureKind.INVALID_REQUEST.exitCode(), FailureKind.CORRUPT.exitCode());
        assertThat(text(progress)).startsWith("Cannot ").contains(fact).doesNotContain("\tat ", "sample");
        assertThat(names()).isEqualTo(before);
    }

    private int run(GenerateVideoRequest request) {
        return ToolMain.run(
                new String[] {ToolKind.GENERATE_VIDEO.label(), Json.text(request)},
                new ToolTerminal(new PrintStream(out), new PrintStream(progress), 0));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("short.mp4"))
                    .sorted()
                    .toList();
        }
    }

    private Path picture(String name, int level) {
        Path file = folder.resolve(name);
        PngImages.write(grey(level, 96, 64), file);
        return file;
    }

    private Path clip(String name, int frames) {
        Path file = folder.resolve(name);
        List<RgbFrame> pictures = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            pictures.add(grey(10 * i, 96, 64));
        }
        VideoWriter.write(file, pictures, 8);
        return file;
    }

    private static RgbFrame grey(int level, int width, int height) {
        byte[] pixels = new byte[3 * width * height];
        Arrays.fill(pixels, (byte) level);
        return new RgbFrame(0, 0, width, height, pixels);
    }

    private static void requireGrey(RgbFrame frame, int level) {
        for (int c = 0; c < 3; c++) {
            assertThat(frame.channel(20, 16, c)).isBetween(level - NEAR, level + NEAR);
        }
    }

    private static List<RgbFrame> frames(Path video, double fps) {
        List<RgbFrame> frames = new ArrayList<>();
        try (FrameReader reader = FrameReader.open(video, 1)) {
            assertThat(reader.properties().fps()).isEqualTo(fps);
            while (reader.advance()) {
                frames.add(reader.rgb());
            }
        }
        return frames;
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
