package dev.mugv.model.config;

import dev.mugv.model.averaging.PowerProfile;
import java.util.List;
import java.util.Optional;

/**
 * Annealed supervised finetuning on the best clips, and merging of its checkpoints (mugv.md, section 5.5).
 *
 * @param stage shapes, length and optimizer
 * @param share share of training clips, best composite score first
 * @param groups clips that are seen more or less often by their tags
 * @param review how people review the chosen clips on three axes; those that their majority rejects are left out
 * @param mergedCheckpoints how many of the newest checkpoints are merged
 * @param mergeDecay weight of a checkpoint against that of the next newer one; 1 is the plain mean
 * @param exploredDecays further decays to be tried, beside the last weights and the averages that the stage kept; what has the least validation
 *     loss makes the merged model
 * @param exploredLengths relative lengths of averages that are put together from snapshots of the stage's profiles and tried likewise
 */
public record FinetuningConfiguration(
        TrainingStage stage,
        @Default("0.1") double share,
        @Default("[]") List<TaggedGroup> groups,
        Optional<AnnotationRequest> review,
        @Default("4") int mergedCheckpoints,
        @Default("0.7") double mergeDecay,
        @Default("[]") List<Double> exploredDecays,
        @Default("[]") List<Double> exploredLengths) {
    /** So many profiles make one of another length. */
    private static final int FEWEST_PROFILES = 2;

    public FinetuningConfiguration {
        groups = List.copyOf(groups);
        exploredDecays = List.copyOf(exploredDecays);
        exploredLengths = List.copyOf(exploredLengths);
        int profiles = stage.ema().map(ema -> ema.profiles().size()).orElse(0);
        new Faults()
                .require(share > 0 && share <= 1, "share", "expected above 0 and up to 1, found " + share)
                .within(1, 1000, mergedCheckpoints, "mergedCheckpoints")
                .require(
                        mergeDecay > 0 && mergeDecay <= 1,
                        "mergeDecay",
                        "expected above 0 and up to 1, found " + mergeDecay)
                .require(
                        exploredDecays.stream().allMatch(decay -> decay > 0 && decay <= 1),
                        "exploredDecays",
                        "expected each above 0 and up to 1, found " + exploredDecays)
                .require(
                        exploredLengths.stream().allMatch(PowerProfile::isLength),
                        "exploredLengths",
                        "expected each above 0 and below 0.2887, which is that of the plain mean, found "
                                + exploredLengths)
                .require(
                        exploredLengths.isEmpty() || profiles >= FEWEST_PROFILES,
                        "exploredLengths",
                        "expected a stage that keeps at least %d profiles, 'ema: {profiles: [0.05, 0.1]}', found %d"
                                .formatted(FEWEST_PROFILES, profiles))
                .throwIfAny();
    }

    /** Whether anything but the configured decay is tried. */
    public boolean explores() {
        return !exploredDecays.isEmpty() || !exploredLengths.isEmpty();
    }
}
