package dev.mugv.model.convert;

import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.vae.PublishedNormalisation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Of which VAE latents are, and how they are normalised: {@code (z - shift) / scale}.
 *
 * @param vaeSha256 hash of its weights, or {@link LatentShard#UNKNOWN_ENCODER}
 * @param shift one value a channel
 * @param scale one value a channel
 */
record LatentNormalisation(String vaeSha256, List<Float> shift, List<Float> scale) {
    LatentNormalisation {
        shift = List.copyOf(shift);
        scale = List.copyOf(scale);
        for (int c = 0; c < scale.size(); c++) {
            if (!(scale.get(c) > 0) || !Float.isFinite(scale.get(c)) || !Float.isFinite(shift.get(c))) {
                throw new IllegalArgumentException(
                        "channel %d has shift %s and scale %s".formatted(c, shift.get(c), scale.get(c)));
            }
        }
    }

    /**
     * That of a VideoVAE's folder, or the published constants.
     *
     * @throws WorkFailure of kind INVALID_REQUEST if there is no VideoVAE in the folder
     */
    static LatentNormalisation of(Optional<Path> vae) {
        if (vae.isEmpty()) {
            return new LatentNormalisation(
                    LatentShard.UNKNOWN_ENCODER,
                    list(PublishedNormalisation.shift()),
                    list(PublishedNormalisation.scale()));
        }
        Path file = vae.get().resolve(VaeDescription.FILE_NAME);
        if (!Files.isRegularFile(file)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot use '%s' as a VideoVAE: it has no %s. Make a folder of vae.pt by 'mugv model convert'."
                            .formatted(vae.get(), VaeDescription.FILE_NAME));
        }
        VaeDescription description = Json.read(file, VaeDescription.class);
        return new LatentNormalisation(description.weightsSha256(), description.shift(), description.scale());
    }

    /** A number of a channel, normalised. */
    float normalised(int channel, float value) {
        return (value - shift.get(channel)) / scale.get(channel);
    }

    private static List<Float> list(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return list;
    }
}
