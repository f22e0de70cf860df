package dev.mugv.model.vae;

import dev.mugv.model.config.VaeSize;
import dev.mugv.model.tensor.ParameterShape;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Multiplications and additions of the VideoVAE's convolutions and matrix products, counted from its parameters' shapes; a
 * multiplication and the addition behind it are two.
 */
public final class VaeFlops {
    private static final Pattern LEVEL = Pattern.compile("_blocks\\.(\\d)\\.");
    /** Of a backward pass: one product for the input's gradient, one for the weight's. */
    private static final int BACKWARD = 2;

    private VaeFlops() {}

    /**
     * Floating-point operations of one update, forward and backward, every tap of every convolution counted.
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

    /**
     * Useful operations of encoding a video: taps that fall on padding are not counted, attention is.
     *
     * @param frames of the video
     * @param height in pixels, a multiple of 8
     * @param width likewise
     */
    public static double ofEncoding(VaeSize size, int frames, int height, int width) {
        VaeParameters parameters = new VaeParameters(size);
        int chunk = TimeChunks.FRAMES_PER_LATENT;
        Pass pass = new Pass(frames, chunk * TimeChunks.latentFrames(frames), chunk, height, width);
        return useful(parameters, parameters.encoder(), pass);
    }

    /**
     * The same of decoding, in windows of 6 latents. A 3x3 convolution behind a doubling counts as four 2x2 convolutions in
     * front of it, which is what it takes.
     */
    public static double ofDecoding(VaeSize size, int frames, int height, int width) {
        VaeParameters parameters = new VaeParameters(size);
        double flops = 0;
        for (TimeChunks.DecoderWindow window : TimeChunks.decoderWindows(frames)) {
            int length = TimeChunks.FRAMES_PER_LATENT * (window.to() - window.from());
            Pass pass = new Pass(length - window.cropped(), length, length, height, width);
            flops += useful(parameters, parameters.decoder(), pass);
        }
        return flops;
    }

    /** Frames that the 2D and the 3D net see, length of the 3D net's independent pieces, and the picture's size. */
    private record Pass(int spatialFrames, int temporalFrames, int piece, int height, int width) {
        int frames(String parameter) {
            return isTemporal(parameter) ? temporalFrames : spatialFrames;
        }
    }

    private static double useful(VaeParameters parameters, List<ParameterShape> net, Pass pass) {
        double flops = 0;
        for (ParameterShape parameter : net) {
            String name = parameter.name();
            if (parameter.shape().dimension() >= 2) {
                flops += 2.0
                        * parameter.size()
                        * positions(name, pass.frames(name), pass.height, pass.width)
                        * usefulShare(parameter, pass);
            }
        }
        double tokens = (pass.height / 8.0) * (pass.width / 8.0);
        // Scores and their products with the values, one head as wide as the features.
        return flops
                + 4 * pass.spatialFrames * tokens * tokens * parameters.size().featureChannels();
    }

    /** Taps on pixels and frames among all taps of a convolution. */
    private static double usefulShare(ParameterShape parameter, Pass pass) {
        String name = parameter.name();
        int axes = parameter.shape().dimension();
        if (axes < 4 || parameter.shape().get(axes - 1) == 1) {
            return 1;
        }
        boolean temporal = isTemporal(name);
        int shrink = temporal ? 8 : 1 << spatialLevel(name);
        Resampling space = !name.contains("samplers")
                ? Resampling.NONE
                : name.contains("down_blocks") ? Resampling.HALVING : Resampling.DOUBLING;
        double share = space.share(pass.height / shrink) * space.share(pass.width / shrink);
        if (!temporal) {
            return share;
        }
        boolean halving = name.contains(".encoder.conv_blocks");
        return share * (halving ? Resampling.HALVING : Resampling.NONE).share(pass.piece / framesPerPosition(name));
    }

    /** What a convolution of three taps does to an axis; decides which of the taps are useful. */
    private enum Resampling {
        /** One place of padding on each side. */
        NONE,
        /** Stride 2, one place of padding behind. */
        HALVING,
        /** Nearest-neighbour doubling first: two taps on the small axis for each place, one place of padding on each side. */
        DOUBLING;

        double share(int places) {
            double taps = 3.0 * places;
            return switch (this) {
                case NONE -> (taps - 2) / taps;
                case HALVING -> (taps - 1) / taps;
                case DOUBLING -> (2.0 * places - 2) / taps;
            };
        }
    }

    /** Places that a weight is applied at. */
    private static double positions(String name, int frames, int height, int width) {
        if (isTemporal(name)) {
            return (double) frames * (height / 8) * (width / 8) / framesPerPosition(name);
        }
        int shrink = 1 << spatialLevel(name);
        return (double) frames * (height / shrink) * (width / shrink);
    }

    private static boolean isTemporal(String name) {
        return name.startsWith("temporal_vae.");
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
