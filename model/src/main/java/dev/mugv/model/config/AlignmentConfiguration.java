package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Preference alignment on labels of the model's own samples (mugv.md, section 5.6).
 *
 * @param labels CSV of labels that people gave; without it the stated automatic rule labels the samples
 * @param prompts clips whose captions and first frames are sampled from
 * @param samplesPerPrompt samples of each, which are compared with each other
 * @param shape shape of the samples
 * @param firstFrameShare share of the regulariser's clips whose first latent frame is given clean
 * @param sampler sampler of the samples
 * @param reversal how pairs of stages with RDPO are made
 * @param stages losses in order
 */
public record AlignmentConfiguration(
        @MustExist(MustExist.Kind.FILE) Optional<Path> labels,
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
