package dev.mugv.model.vae;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import java.nio.FloatBuffer;

/**
 * Weights of an untrained VideoVAE, every element a function of seed, name and index.
 *
 * <p>Norms start as the identity, convolutions uniform with variance 1 / fan-in, and the last layer of every residual block
 * at zero, so that each net starts as a plain chain of resampling. On top of that a <em>colour path</em> is laid through a
 * few channels: colours are averaged down to the first three latents and spread out again. Without it the nets, some
 * seventy layers deep, predict one grey for the first hundreds of updates: group norms with few channels a group take the
 * mean out of what random layers make of a picture.
 *
 * <p>Through a norm and SiLU a signal s travels as the pair (s, -s): the pair has mean zero, and silu(a) - silu(-a) = a.
 */
final class VaeInitialisation {
    /** Published initial value of the scalar {@link VaeParameters#LOG_VARIANCE}. */
    private static final float LOG_VARIANCE = 4;

    private static final float FEATURE_SCALE = 0.18215f;
    private static final int COLOURS = 3;
    private static final int PAIRED = 2 * COLOURS;
    /** Constant beside the colours in the encoder, whose last norm would otherwise divide their size away. */
    private static final int REFERENCE = COLOURS;
    /** Typical deviation of pixels in [-1, 1], which the decoders' last norms divide out. */
    private static final float PIXEL_DEVIATION = 0.5f;
    /** Starts the posterior's deviation at exp(-2). */
    private static final float MOMENT_LOG_VARIANCE = -4;

    private final ParameterSet parameters;

    private VaeInitialisation(ParameterSet parameters) {
        this.parameters = parameters;
    }

    /** Draws what training changes. */
    static void drawTrained(ParameterSet trained, long seed) {
        draw(trained, seed);
        VaeInitialisation path = new VaeInitialisation(trained);
        path.layEncoder();
        path.layDecoder();
    }

    /** Draws what is carried along; shift is 0 and scale 1. */
    static void drawCarried(ParameterSet carried, long seed) {
        draw(carried, seed);
        fill(carried.values(VaeParameters.SHIFT), 0);
        fill(carried.values(VaeParameters.SCALE), 1);
        fill(carried.values(VaeParameters.LOG_VARIANCE), LOG_VARIANCE);
    }

    private static void draw(ParameterSet parameters, long seed) {
        for (ParameterShape parameter : parameters.shapes()) {
            String name = parameter.name();
            FloatBuffer values = parameters.values(name);
            if (parameter.shape().dimension() < 2) {
                fill(values, name.contains("norm") && name.endsWith("weight") ? 1 : 0);
            } else if (isLastOfResidual(name)) {
                fill(values, 0);
            } else {
                double fanIn = (double) parameter.size() / parameter.shape().get(0);
                CounterNoise noise = CounterNoise.of(seed, "vae-weights", CounterNoise.counter(name));
                uniform(values, Math.sqrt(3 / fanIn), noise);
            }
        }
    }

    private static boolean isLastOfResidual(String name) {
        boolean inBlock = name.contains("resnets.") || name.contains("res_blocks.") || name.contains("upsample_block.");
        return inBlock && name.contains(".conv2.") || name.contains(".to_out.");
    }

    private void layEncoder() {
        for (ParameterShape parameter : parameters.shapes()) {
            String name = parameter.name();
            if (name.startsWith("spatial_vae.module.encoder.") && isResampling(name)) {
                for (int c = 0; c < COLOURS; c++) {
                    row(parameter, c);
                    boolean stride = name.contains("downsamplers");
                    // Taps of the mean over 2 x 2 pixels; the padding is on the far side.
                    for (int[] tap : stride ? new int[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}} : new int[][] {{-1, -1}}) {
                        put(parameter, c, c, stride ? 0.25f : 1, tap[0], tap[1]);
                    }
                }
            } else if (name.startsWith("temporal_vae.encoder.") && isResampling(name)) {
                layTemporalEncoder(parameter);
            }
        }
        ParameterShape moments = shape("temporal_vae.encoder.conv2.conv.weight");
        ParameterShape quant = shape("temporal_vae.quant_conv.conv.weight");
        int channels = Math.toIntExact(quant.shape().get(0));
        for (int c = 0; c < channels; c++) {
            row(quant, c);
            put(quant, c, c, 1, -1, -1, -1);
            if (c >= channels / 2) {
                row(moments, c);
                parameters.values("temporal_vae.quant_conv.conv.bias").put(c, MOMENT_LOG_VARIANCE);
            }
        }
        for (int c = 0; c < COLOURS; c++) {
            row(moments, c);
            put(moments, c, 4 * c, 1, -1, -1, -1);
            put(moments, c, 4 * c + 1, -1, -1, -1, -1);
        }
    }

    private void layTemporalEncoder(ParameterShape parameter) {
        String name = parameter.name();
        boolean widest = name.contains("block_res_blocks.3.0.conv3");
        for (int c = 0; c < COLOURS; c++) {
            if (widest) {
                // One group of the last norm: colour, its negative, the constant and its negative.
                for (int part = 0; part < 4; part++) {
                    row(parameter, 4 * c + part);
                    put(parameter, 4 * c + part, part < 2 ? c : REFERENCE, part % 2 == 0 ? 1 : -1, -1, -1, -1);
                }
                continue;
            }
            row(parameter, c);
            if (name.contains("conv_blocks")) {
                put(parameter, c, c, 0.5f, 0, -1, -1);
                put(parameter, c, c, 0.5f, 1, -1, -1);
            } else {
                put(parameter, c, c, name.contains("conv_in") ? 1 / FEATURE_SCALE : 1, -1, -1, -1);
            }
        }
        if (name.contains("conv_blocks.2")) {
            row(parameter, REFERENCE);
            parameters.values(name.replace("weight", "bias")).put(REFERENCE, 1);
        }
    }

    private void layDecoder() {
        for (ParameterShape parameter : parameters.shapes()) {
            String name = parameter.name();
            boolean spatial = name.startsWith("spatial_vae.module.decoder.");
            if (!spatial && !name.startsWith("temporal_vae.decoder.") || !isResampling(name)) {
                continue;
            }
            // Doubling time takes two rows for each channel.
            int copies = name.contains("conv_blocks") ? 2 : 1;
            for (int row = 0; row < PAIRED * copies; row++) {
                row(parameter, row);
                boolean first = name.contains("decoder.conv1.");
                int from = row / copies;
                float gain = first && from % 2 == 1 ? -1 : 1;
                put(parameter, row, first ? from / 2 : from, gain, -1, -1, -1);
            }
        }
        ParameterShape postQuant = shape("temporal_vae.post_quant_conv.conv.weight");
        for (int c = 0; c < postQuant.shape().get(0); c++) {
            row(postQuant, c);
            put(postQuant, c, c, 1, -1, -1, -1);
        }
        ParameterShape features = shape("temporal_vae.decoder.conv_out.conv.weight");
        ParameterShape pixels = shape("spatial_vae.module.decoder.conv_out.weight");
        for (int c = 0; c < PAIRED; c++) {
            float gain = (c % 2 == 0 ? 1 : -1) * PIXEL_DEVIATION;
            row(features, c);
            put(features, c, c / 2 * 2, gain * FEATURE_SCALE, -1, -1, -1);
            put(features, c, c / 2 * 2 + 1, -gain * FEATURE_SCALE, -1, -1, -1);
        }
        for (int c = 0; c < COLOURS; c++) {
            row(pixels, c);
            put(pixels, c, 2 * c, PIXEL_DEVIATION, -1, -1);
            put(pixels, c, 2 * c + 1, -PIXEL_DEVIATION, -1, -1);
        }
    }

    /** Layers on the way besides residual branches, the nets' last layers and the quantising ones. */
    private static boolean isResampling(String name) {
        return name.endsWith(".weight")
                && (name.contains("samplers.")
                        || name.contains("conv_shortcut")
                        || name.contains(".conv3.")
                        || name.contains(".conv_blocks.")
                        || name.contains("encoder.conv_in.")
                        || name.contains("decoder.conv1."));
    }

    private ParameterShape shape(String name) {
        return parameters.shapes().stream()
                .filter(shape -> shape.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Empties the weights of one output channel. */
    private void row(ParameterShape parameter, int out) {
        int length = Math.toIntExact(parameter.size() / parameter.shape().get(0));
        fill(parameters.values(parameter.name()).slice(out * length, length), 0);
    }

    /** Sets one weight; a tap of -1 is the middle of its axis. */
    private void put(ParameterShape parameter, int out, int in, float value, int... taps) {
        long[] shape = parameter.shape().getShape();
        long index = out * shape[1] + in;
        for (int axis = 2; axis < shape.length; axis++) {
            int tap = taps[axis - 2];
            index = index * shape[axis] + (tap < 0 ? shape[axis] / 2 : tap);
        }
        parameters.values(parameter.name()).put(Math.toIntExact(index), value);
    }

    private static void uniform(FloatBuffer values, double bound, CounterNoise noise) {
        for (int i = 0, n = values.remaining(); i < n; i++) {
            values.put(i, (float) (bound * (2 * noise.uniform(i) - 1)));
        }
    }

    private static void fill(FloatBuffer values, float value) {
        while (values.hasRemaining()) {
            values.put(value);
        }
    }
}
