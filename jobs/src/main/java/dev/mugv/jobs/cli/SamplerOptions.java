package dev.mugv.jobs.cli;

import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.GuidanceClamp;
import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.SamplerConfiguration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of the sampler. */
final class SamplerOptions {
    /** What the published pipeline samples with. */
    private static final SamplerConfiguration PUBLISHED =
            new SamplerConfiguration(25, 4, SamplerConfiguration.COMMON_FAULTS, 42);

    @Option(
            names = "--negative",
            paramLabel = "TEXT",
            description =
                    "What the video shall not be (default: the run's negative prompt, else a list of common faults).")
    private Optional<String> negative = Optional.empty();

    @Option(names = "--steps", paramLabel = "N", description = "Steps from noise to video (default: 25).")
    private Optional<Integer> steps = Optional.empty();

    @Option(
            names = "--guidance",
            paramLabel = "SCALE",
            description = "How much the prompt counts against the negative one (default: 4; 1: no guidance).")
    private Optional<Double> guidance = Optional.empty();

    @Option(
            names = "--guidance-rescale",
            paramLabel = "SHARE",
            description = "From 0 to 1: how much of the contrast that guidance adds is taken back (default: 0).")
    private Optional<Double> rescale = Optional.empty();

    @Option(
            names = "--dynamic-clamp",
            description = "Limit what guidance adds in the two latent channels that it overdraws most.")
    private boolean dynamicClamp;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Root of the noise: the same seed, prompt and nets make the same video (default: 42).")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description =
                    "What the model computes in: fp32, or bf16 where the processor is quick at it (default: fp32).")
    private Optional<ComputePrecision> precision = Optional.empty();

    /**
     * The sampler that is asked for.
     *
     * @param ofRun what stands where nothing is said; without a run, the published pipeline's
     */
    SamplerConfiguration sampler(Optional<SamplerConfiguration> ofRun) {
        SamplerConfiguration base = ofRun.orElse(PUBLISHED);
        try {
            return new SamplerConfiguration(
                    steps.orElse(base.steps()),
                    guidance.orElse(base.guidance()),
                    rescale.orElse(base.guidanceRescale()),
                    dynamicClamp ? GuidanceClamp.DYNAMIC : base.guidanceClamp(),
                    negative.orElse(base.negativePrompt()),
                    seed.orElse(base.seed()),
                    precision.orElse(base.precision()));
        } catch (InvalidValuesException e) {
            throw GenerateCommand.refusal(
                    String.valueOf(e.getMessage()), "Correct --steps, --guidance or --guidance-rescale");
        }
    }
}
