package dev.mugv.model.config;

/**
 * Euler sampler (mugv.md, section 4.2).
 *
 * @param steps number of timesteps
 * @param guidance scale of classifier-free guidance; 1 is none
 * @param guidanceRescale how much of the guided velocity's spread is brought back to that of the caption's, from 0 to 1
 * @param guidanceClamp limit on what guidance adds
 * @param negativePrompt text of the other branch
 * @param seed root of the start noise
 * @param precision what the model computes in
 */
public record SamplerConfiguration(
        @Default("25") int steps,
        @Default("4") double guidance,
        @Default("0") double guidanceRescale,
        @Default("none") GuidanceClamp guidanceClamp,
        @Default("") String negativePrompt,
        @Default("1") long seed,
        @Default("fp32") ComputePrecision precision) {
    /**
     * The faults that the published pipeline keeps out of every video (mugv.md, section 4.2), in words of our own: what a
     * published model is sampled with where nobody says otherwise.
     */
    public static final String COMMON_FAULTS =
            "ugly, blurry, low resolution, wrong anatomy, malformed hands, missing fingers, too many or too few fingers,"
                    + " stray text, errors, cut off at the edge, worst quality, low quality, ordinary quality,"
                    + " compression artefacts, signature, watermark, user name";

    public SamplerConfiguration {
        new Faults()
                .within(1, 1000, steps, "steps")
                .atLeast(0, guidance, "guidance")
                .within(0, 1, guidanceRescale, "guidanceRescale")
                .throwIfAny();
    }

    /** Guidance of this scale and nothing else, in fp32. */
    public SamplerConfiguration(int steps, double guidance, String negativePrompt, long seed) {
        this(steps, guidance, 0, GuidanceClamp.NONE, negativePrompt, seed, ComputePrecision.FP32);
    }
}
