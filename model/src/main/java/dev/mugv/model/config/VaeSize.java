package dev.mugv.model.config;

import java.util.List;

/**
 * Widths of the VideoVAE (mugv.md, section 2.2); 8x8x8, 24 latent channels for every size.
 *
 * @param blockOutChannels the four widths of the 2D nets, multiples of 32 (GroupNorm has 32 groups; a first width of 64 or
 *     more lets colours pass the last norm, which takes the mean out of every group)
 * @param temporalFilters base width of the 3D nets, a multiple of 32
 * @param layersPerBlock residual blocks of one 2D encoder level
 */
public record VaeSize(
        @Default("[128, 256, 512, 512]") List<Integer> blockOutChannels,
        @Default("128") int temporalFilters,
        @Default("2") int layersPerBlock) {
    public static final int LATENT_CHANNELS = 24;

    public VaeSize {
        blockOutChannels = List.copyOf(blockOutChannels);
        new Faults()
                .require(
                        blockOutChannels.size() == 4
                                && blockOutChannels.stream().allMatch(c -> c >= 32 && c % 32 == 0),
                        "blockOutChannels",
                        "expected four multiples of 32, found " + blockOutChannels)
                .require(
                        temporalFilters >= 32 && temporalFilters % 32 == 0,
                        "temporalFilters",
                        "expected a multiple of 32, found " + temporalFilters)
                .within(1, 4, layersPerBlock, "layersPerBlock")
                .throwIfAny();
    }

    /** Channels where the 2D and the 3D nets meet. */
    public int featureChannels() {
        return blockOutChannels.get(3);
    }
}
