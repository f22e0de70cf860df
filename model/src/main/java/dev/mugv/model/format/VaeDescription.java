package dev.mugv.model.format;

import dev.mugv.model.config.VaeSize;
import java.util.List;

/**
 * What a VideoVAE's weights are: {@code vae.json} beside {@code vae.safetensors}.
 *
 * @param size widths
 * @param origin how the weights came to be
 * @param weightsSha256 hash of {@code vae.safetensors}; part of every latent's key
 * @param parameters number of values in the state dict
 * @param shift of the latent's normalisation, one value a channel
 * @param scale likewise
 * @param codeVersion code that made it
 */
public record VaeDescription(
        VaeSize size,
        Origin origin,
        String weightsSha256,
        long parameters,
        List<Float> shift,
        List<Float> scale,
        String codeVersion) {
    public static final String FILE_NAME = "vae.json";
    public static final String WEIGHTS_FILE_NAME = "vae.safetensors";

    /** How weights came to be. */
    public enum Origin {
        TRAINED,
        IMPORTED
    }

    public VaeDescription {
        shift = List.copyOf(shift);
        scale = List.copyOf(scale);
        if (shift.size() != VaeSize.LATENT_CHANNELS || scale.size() != VaeSize.LATENT_CHANNELS) {
            throw new IllegalArgumentException("expected %d values of shift and scale, found %d and %d"
                    .formatted(VaeSize.LATENT_CHANNELS, shift.size(), scale.size()));
        }
    }
}
