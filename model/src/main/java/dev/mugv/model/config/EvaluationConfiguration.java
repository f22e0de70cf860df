package dev.mugv.model.config;

import java.util.List;
import java.util.Optional;

/**
 * Validation and evaluation (mugv.md, section 5.7).
 *
 * @param heldOutShare share of kept clips that only validation sees
 * @param timesteps timesteps of the validation grid, for every held-out clip
 * @param seed root of the grid's noise
 * @param shape shape of generated videos
 * @param sampler sampler of generated videos
 * @param prompts captions of text-to-video samples
 * @param imageToVideo number of image-to-video samples, from first frames of held-out clips
 * @param mostDrift largest relative change of motion, saturation or sharpness by alignment that gives no alarm
 * @param onDrift what becomes of the job where there is such an alarm, after the report is written
 * @param benchmark how the card is measured
 * @param rewriter who rewrites prompts, for {@code mugv generate --rewrite-prompt} and where {@code wording} asks for it
 * @param humanStudy how people judge the generated videos in the blind evaluation; absent where nobody is asked
 * @param wording in whose words {@code prompts} are put to the models
 */
public record EvaluationConfiguration(
        @Default("0.1") double heldOutShare,
        @Default("8") int timesteps,
        @Default("1") long seed,
        VideoShape shape,
        SamplerConfiguration sampler,
        @Default("[]") List<String> prompts,
        @Default("4") int imageToVideo,
        @Default("0.3") double mostDrift,
        @Default("warn") OnDrift onDrift,
        BenchmarkConfiguration benchmark,
        Optional<RewriterConfiguration> rewriter,
        Optional<AnnotationRequest> humanStudy,
        @Default("as-given") PromptWording wording) {
    /** What an alarm does beside being shown. */
    public enum OnDrift {
        /** Nothing: the job completes. */
        WARN,
        /** The job ends as failed: for pipelines that nobody watches, so that no such model is handed on. */
        FAIL
    }

    public EvaluationConfiguration {
        prompts = List.copyOf(prompts);
        new Faults()
                .require(
                        heldOutShare > 0 && heldOutShare < 1,
                        "heldOutShare",
                        "expected above 0 and below 1, found " + heldOutShare)
                .within(1, 1000, timesteps, "timesteps")
                .within(0, 10_000, imageToVideo, "imageToVideo")
                .require(mostDrift > 0, "mostDrift", "expected above 0, found " + mostDrift)
                .require(prompts.stream().noneMatch(String::isBlank), "prompts", "expected no empty prompt")
                .require(prompts.stream().distinct().count() == prompts.size(), "prompts", "expected every prompt once")
                .require(
                        wording == PromptWording.AS_GIVEN || rewriter.isPresent(),
                        "wording",
                        "expected 'as-given' without a rewriter, found 'rewritten'")
                .throwIfAny();
    }
}
