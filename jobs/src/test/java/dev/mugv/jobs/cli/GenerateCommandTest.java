package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.GuidanceClamp;
import dev.mugv.model.config.RewriterConfiguration;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.GenerateVideoRequest.Given;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GenerateCommandTest {
    private static final VideoShape OF_RUN = new VideoShape(96, 96, 16, 8);
    private static final VideoShape PUBLISHED = new VideoShape(720, 1280, 112, 20);

    @TempDir
    Path folder;

    @Test
    void withoutARunTheShapeIsThePublishedPipelines() {
        assertThat(shape(Optional.empty())).isEqualTo(PUBLISHED);
        assertThat(shape(Optional.empty(), "--ratio", "16:9", "--length", "3s"))
                .isEqualTo(new VideoShape(1280, 720, 80, 20));
        assertThat(shape(Optional.empty(), "--size", "640x352", "--frames", "48", "--fps", "24"))
                .isEqualTo(new VideoShape(640, 352, 48, 24));
    }

    @Test
    void aRunsShapeStandsWhereNothingIsSaid() {
        assertThat(shape(Optional.of(OF_RUN))).isEqualTo(OF_RUN);
        assertThat(shape(Optional.of(OF_RUN), "--frames", "32")).isEqualTo(new VideoShape(96, 96, 32, 8));
        assertThat(shape(Optional.of(OF_RUN), "--size", "64x32")).isEqualTo(new VideoShape(64, 32, 16, 8));
        assertThat(shape(Optional.of(OF_RUN), "--ratio", "1:1")).isEqualTo(new VideoShape(960, 960, 16, 8));
    }

    @Test
    void whatIsNotOfferedIsAnsweredByWhatIs() {
        requireRefusal(
                () -> shape(Optional.empty(), "--ratio", "21:9"),
                "expected a ratio of 9:16 (720x1280), 3:4 (832x1104), 1:1 (960x960), 4:3 (1104x832), 16:9 (1280x720), found '21:9'");
        requireRefusal(() -> shape(Optional.empty(), "--length", "4s"), "expected a length of 3s, 5s, found '4s'");
        requireRefusal(
                () -> shape(Optional.empty(), "--size", "100x96"), "width: expected a multiple of 16, found 100");
        requireRefusal(() -> shape(Optional.empty(), "--size", "big"), "expected a size such as 640x352, found 'big'");
        requireRefusal(() -> shape(Optional.empty(), "--frames", "30"), "frames: expected 1 or a multiple of 8");
        requireRefusal(() -> shape(Optional.empty(), "--frames", "8"), "expected at least 16, found 8");
        requireRefusal(() -> shape(Optional.empty(), "--fps", "0"), "fps: expected 0.1 to 240, found 0");
        requireRefusal(() -> shape(Optional.empty(), "--size", "64x64", "--ratio", "1:1"), "both --ratio and --size");
        requireRefusal(() -> shape(Optional.empty(), "--frames", "16", "--length", "3s"), "both --length and --frames");
    }

    @Test
    void theSamplerIsThePublishedOneOrTheRunsWithWhatIsSaid() {
        SamplerConfiguration published = sampler(Optional.empty());
        assertThat(published).isEqualTo(new SamplerConfiguration(25, 4, SamplerConfiguration.COMMON_FAULTS, 42));
        SamplerConfiguration ofRun = new SamplerConfiguration(12, 3, "blurry", 7);
        assertThat(sampler(Optional.of(ofRun))).isEqualTo(ofRun);
        assertThat(sampler(
                        Optional.of(ofRun),
                        "--negative",
                        "",
                        "--seed",
                        "-5",
                        "--guidance-rescale",
                        "0.7",
                        "--dynamic-clamp",
                        "--precision",
                        "bf16"))
                .isEqualTo(new SamplerConfiguration(12, 3, 0.7, GuidanceClamp.DYNAMIC, "", -5, ComputePrecision.BF16));
        requireRefusal(() -> sampler(Optional.empty(), "--steps", "0"), "steps: expected 1 to 1000, found 0");
        requireRefusal(() -> sampler(Optional.empty(), "--guidance-rescale", "2"), "expected 0 to 1, found 2");
    }

    @Test
    void aPromptIsRewrittenByTheServiceThatIsNamedOrTheRuns() {
        RewriterConfiguration ofRun = new RewriterConfiguration(
                URI.create("http://localhost:1/v1"), "scribe", Optional.of("KEY"), "{prompt}!", Duration.ofSeconds(5));
        assertThat(rewriter(Optional.of(ofRun))).isEmpty();
        assertThat(rewriter(Optional.of(ofRun), "--rewrite-prompt")).contains(ofRun);
        assertThat(rewriter(Optional.of(ofRun), "--rewrite-prompt", "--rewriter-model", "poet"))
                .contains(new RewriterConfiguration(
                        ofRun.url(), "poet", ofRun.apiKeyVariable(), ofRun.template(), ofRun.timeout()));
        assertThat(rewriter(
                                Optional.empty(),
                                "--rewrite-prompt",
                                "--rewriter-url",
                                "https://words.example/v1",
                                "--rewriter-model",
                                "poet")
                        .orElseThrow()
                        .template())
                .contains("{prompt}");
        requireRefusal(() -> rewriter(Optional.empty(), "--rewrite-prompt"), "--rewrite-prompt names no service");
        requireRefusal(
                () -> rewriter(Optional.empty(), "--rewrite-prompt", "--rewriter-model", "poet"),
                "expected an http or https address, found ''");
    }

    private static Optional<RewriterConfiguration> rewriter(
            Optional<RewriterConfiguration> ofRun, String... arguments) {
        RewriterOptions options = new RewriterOptions();
        new CommandLine(options).parseArgs(arguments);
        return options.rewriter(ofRun);
    }

    @Test
    void givenFramesMustLeaveSomethingToMake() {
        Given given = given(OF_RUN, "--image", "a.png");
        assertThat(given.image()).contains(Path.of("a.png").toAbsolutePath());
        assertThat(given.latents()).isEqualTo(1);
        requireRefusal(
                () -> given(OF_RUN, "--image", "a.png", "--last-image", "b.png"), "2 of 2 latent frames are given");
        requireRefusal(
                () -> given(PUBLISHED, "--image", "a.png", "--continue", "b.mp4"), "both --image and --continue");
        requireRefusal(
                () -> given(PUBLISHED, "--continue", "b.mp4", "--continue-latents", "14"), "14 of 14 latent frames");
        requireRefusal(() -> given(PUBLISHED, "--position", "470"), "a position from 0 to 465, found 1 and 470");
        assertThat(given(PUBLISHED, "--continue", "b.mp4", "--position", "9").position())
                .isEqualTo(9);
    }

    @Test
    void aWrongCommandLineIsRefusedBeforeAnyRunIsLookedFor() throws Exception {
        Path taken = Files.writeString(folder.resolve("taken.mp4"), "a video");
        requireAnswer("the prompt is empty", "--prompt", " ", "--out", free("a.mp4"));
        requireAnswer("ends with .mp4", "--prompt", "x", "--out", free("a.avi"));
        requireAnswer("is there already", "--prompt", "x", "--out", taken.toString());
        requireAnswer("expected a score or 'none'", "--prompt", "x", "--out", free("a.mp4"), "--aesthetic", "good");
        assertThat(taken).hasContent("a video");
    }

    private void requireAnswer(String fact, String... options) {
        TypedCommand command = new TypedCommand();
        int code = command.run(
                Stream.concat(Stream.of("generate"), Arrays.stream(options)).toArray(String[]::new));
        assertThat(code).isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(command.err()).startsWith("Cannot generate the video: ").contains(fact);
    }

    private String free(String name) {
        return folder.resolve(name).toString();
    }

    private static VideoShape shape(Optional<VideoShape> ofRun, String... options) {
        return parsed(new VideoOptions(), options).shape(ofRun);
    }

    private static SamplerConfiguration sampler(Optional<SamplerConfiguration> ofRun, String... options) {
        return parsed(new SamplerOptions(), options).sampler(ofRun);
    }

    private static Given given(VideoShape shape, String... options) {
        return parsed(new GivenOptions(), options).given(shape);
    }

    private static <T> T parsed(T options, String... arguments) {
        new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
        return options;
    }

    private static void requireRefusal(Runnable request, String fact) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessageStartingWith("Cannot generate the video: ")
                .hasMessageContaining(fact);
    }
}
