package dev.mugv.model.config;

import java.util.List;

/**
 * Preference alignment on labels of the model's own samples (mugv.md, section 5.6).
 *
 * @param labels who labels the samples; the stated automatic rule where nothing is said
 * @param prompts clips whose captions and first frames are sampled from
 * @param samplesPerPrompt samples of each, which are compared with each other
 * @param shape shape of the samples
 * @param firstFrameShare share of the regulariser's clips whose first latent frame is given clean
 * @param sampler sampler of the samples
 * @param reversal how pairs of stages with RDPO are made
 * @param stages losses in order
 */
public record AlignmentConfiguration(
        @Default("{kind: rule}") PreferenceLabelSource labels,
        @Default("8") int prompts,
        @Default("2") int samplesPerPrompt,
        VideoShape shape,
        @Default("0.5") double firstFrameShare,
        SamplerConfiguration sampler,
        ReversalConfiguration reversal,
        List<PreferenceTraining> stages) {
    public AlignmentConfiguration {
        stages = List.copyOf(stages);
        new Faults()
                .within(1, 1_000_000, prompts, "prompts")
                .within(2, 64, samplesPerPrompt, "samplesPerPrompt")
                .within(0, 1, firstFrameShare, "firstFrameShare")
                .require(!stages.isEmpty(), "stages", "expected at least one stage, found none")
                .throwIfAny();
    }
}
