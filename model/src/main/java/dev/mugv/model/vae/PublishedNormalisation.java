package dev.mugv.model.vae;

/**
 * Shift and scale of the released VAE's latents, channel by channel (mugv.md, section 2.4): {@code z_norm = (z - shift) / scale}.
 */
public final class PublishedNormalisation {
    private static final float[] SHIFT = {
        -0.0194091796875f,
        0.09619140625f,
        -0.796875f,
        0.1591796875f,
        -0.2578125f,
        0.359375f,
        -0.3203125f,
        -0.287109375f,
        -0.0069580078125f,
        0.3046875f,
        0.310546875f,
        -0.451171875f,
        -0.1728515625f,
        0.369140625f,
        0.2177734375f,
        -3.075599670410156e-05f,
        0.1630859375f,
        -0.267578125f,
        -0.1962890625f,
        -0.1298828125f,
        -0.28515625f,
        -0.515625f,
        0.5859375f,
        -0.34375f
    };
    private static final float[] SCALE = {
        0.8817f, 0.6523f, 0.9152f, 1.2117f, 3.3516f, 0.7528f, 0.8177f, 0.8637f, 0.9075f, 2.8875f, 0.8980f, 1.1202f,
        1.0003f, 2.5163f, 0.6652f, 1.2573f, 0.7279f, 1.0777f, 1.5159f, 0.8680f, 1.1859f, 1.0484f, 2.4750f, 1.5881f
    };

    private PublishedNormalisation() {}

    /** What is taken off a latent, 24 values. */
    public static float[] shift() {
        return SHIFT.clone();
    }

    /** What a latent is divided by, 24 values. */
    public static float[] scale() {
        return SCALE.clone();
    }
}
