package dev.mugv.model.vae;

import dev.mugv.model.tensor.ParameterShape;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Multiplications and additions of the VideoVAE's convolutions and projections, counted from its parameters' shapes. */
final class VaeFlops {
    private static final Pattern LEVEL = Pattern.compile("_blocks\\.(\\d)\\.");
    /** Of a backward pass: one product for the input's gradient, one for the weight's. */
    private static final int BACKWARD = 2;

    private VaeFlops() {}

    /**
     * Floating-point operations of one update, forward and backward.
     *
     * @param frames frames of all crops together
     * @param height of a crop in pixels
     * @param width likewise
     */
    static double ofUpdate(VaeParameters parameters, int frames, int height, int width) {
        double flops = 0;
        for (ParameterShape parameter : parameters.trained()) {
            if (parameter.shape().dimension() >= 2) {
                flops += 2.0 * parameter.size() * positions(parameter.name(), frames, height, width);
            }
        }
        return (1 + BACKWARD) * flops;
    }

    /** Places that a weight is applied at. */
    private static double positions(String name, int frames, int height, int width) {
        if (name.startsWith("temporal_vae.")) {
            return (double) frames * (height / 8) * (width / 8) / framesPerPosition(name);
        }
        int shrink = 1 << spatialLevel(name);
        return (double) frames * (height / shrink) * (width / shrink);
    }

    private static int spatialLevel(String name) {
        if (name.contains("mid_block")) {
            return 3;
        }
        if (!name.contains("_blocks.")) {
            return 0;
        }
        int level = index(name);
        boolean resampling = name.contains("samplers");
        return name.contains("down_blocks") ? level + (resampling ? 1 : 0) : 3 - level - (resampling ? 1 : 0);
    }

    private static int framesPerPosition(String name) {
        boolean encoder = name.contains(".encoder.");
        if (name.contains("block_res_blocks")) {
            return encoder ? 1 << index(name) : new int[] {1, 1, 2, 4}[index(name)];
        }
        if (name.contains("conv_blocks")) {
            return encoder ? 2 << index(name) : 2 * index(name);
        }
        if (name.contains("encoder.conv_in") || name.contains("decoder.conv_out")) {
            return 1;
        }
        return name.contains("upsample_block") ? 4 : 8;
    }

    private static int index(String name) {
        Matcher level = LEVEL.matcher(name);
        if (!level.find()) {
            throw new IllegalArgumentException("no level in " + name);
        }
        return Integer.parseInt(level.group(1));
    }
}
