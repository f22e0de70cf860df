package dev.mugv.model.vae;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Names and shapes of the VideoVAE's published state dict (mugv.md, section 2.5) at any size, grouped by net and, within
 * a net, in the order in which the net's script consumes them.
 *
 * <p>Three layers of the 2D auto-encoder are in the state dict though no computation reads them ({@link #carried()}).
 */
public final class VaeParameters {
    /** Buffers of the latent normalisation, [1, 24, 1, 1, 1] each. */
    public static final String SHIFT = "shift";

    public static final String SCALE = "scale";

    /** A scalar of the published training loss; carried along, used by nothing here. */
    public static final String LOG_VARIANCE = "logvar";

    private static final Shape NORMALISATION = new Shape(1, VaeSize.LATENT_CHANNELS, 1, 1, 1);
    private static final int TEMPORAL_BLOCKS = 4;
    private static final int[] TEMPORAL_MULTIPLIERS = {1, 2, 2, 4};
    private static final String SPATIAL = "spatial_vae.module.";
    private static final String TEMPORAL = "temporal_vae.";

    private final VaeSize size;
    private final List<ParameterShape> spatialEncoder = new ArrayList<>();
    private final List<ParameterShape> temporalEncoder = new ArrayList<>();
    private final List<ParameterShape> temporalDecoder = new ArrayList<>();
    private final List<ParameterShape> spatialDecoder = new ArrayList<>();
    private final List<ParameterShape> carried = new ArrayList<>();

    public VaeParameters(VaeSize size) {
        this.size = size;
        addSpatialEncoder();
        addTemporalEncoder();
        addTemporalDecoder();
        addSpatialDecoder();
        carried.add(new ParameterShape(SCALE, NORMALISATION));
        carried.add(new ParameterShape(SHIFT, NORMALISATION));
        carried.add(new ParameterShape(LOG_VARIANCE));
    }

    /**
     * The size that a file's state dict was made with, read off five of its shapes; the other tensors are checked too.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} naming what is missing, unexpected or misshapen
     */
    public static VaeParameters of(TensorSource file) {
        VaeParameters parameters;
        try {
            parameters = new VaeParameters(size(name -> firstAxis(file, name)));
        } catch (InvalidValuesException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot use '%s' as a VideoVAE: its weights are not one's (%s). Give a state dict of the published architecture."
                            .formatted(file.path(), e.getMessage()),
                    e);
        }
        file.requireExactly(parameters.all());
        return parameters;
    }

    /**
     * The size of a state dict by the first axes of five of its weights.
     *
     * @param firstAxis first axis of the tensor of this name, empty where there is none or no axis
     * @throws InvalidValuesException if a weight is missing or the widths are not a VideoVAE's
     */
    public static VaeSize size(Function<String, OptionalInt> firstAxis) {
        List<Integer> widths = new ArrayList<>();
        for (int level = 0; level < 4; level++) {
            String name = SPATIAL + "encoder.down_blocks." + level + ".resnets.0.conv1.weight";
            widths.add(required(firstAxis, name));
        }
        int filters = required(firstAxis, TEMPORAL + "encoder.conv_in.conv.weight");
        int layers = 0;
        while (firstAxis
                .apply(SPATIAL + "encoder.down_blocks.0.resnets." + layers + ".conv1.weight")
                .isPresent()) {
            layers++;
        }
        return new VaeSize(widths, filters, layers);
    }

    private static int required(Function<String, OptionalInt> firstAxis, String name) {
        return firstAxis
                .apply(name)
                .orElseThrow(() -> new InvalidValuesException(
                        List.of(new InvalidValuesException.Fault(name, "expected a weight, found nothing"))));
    }

    public VaeSize size() {
        return size;
    }

    /** The whole state dict: trained parameters, then what is carried along. */
    public List<ParameterShape> all() {
        return Stream.concat(trained().stream(), carried().stream()).toList();
    }

    /** The parameters that decide the reconstruction, net after net. */
    public List<ParameterShape> trained() {
        return Stream.of(spatialEncoder, temporalEncoder, temporalDecoder, spatialDecoder)
                .flatMap(List::stream)
                .toList();
    }

    /** The rest: the normalisation's buffers, and tensors of the published state dict that no computation reads. */
    public List<ParameterShape> carried() {
        return List.copyOf(carried);
    }

    /** The parameters that encoding reads, in the order of execution. */
    List<ParameterShape> encoder() {
        return Stream.of(spatialEncoder, temporalEncoder).flatMap(List::stream).toList();
    }

    /** Likewise decoding. */
    List<ParameterShape> decoder() {
        return Stream.of(temporalDecoder, spatialDecoder).flatMap(List::stream).toList();
    }

    List<String> spatialEncoder() {
        return names(spatialEncoder);
    }

    List<String> temporalEncoder() {
        return names(temporalEncoder);
    }

    List<String> temporalDecoder() {
        return names(temporalDecoder);
    }

    List<String> spatialDecoder() {
        return names(spatialDecoder);
    }

    private static List<String> names(List<ParameterShape> net) {
        return net.stream().map(ParameterShape::name).toList();
    }

    private static OptionalInt firstAxis(TensorSource file, String name) {
        boolean present = file.names().contains(name) && file.shape(name).dimension() > 0;
        return present ? OptionalInt.of(Math.toIntExact(file.shape(name).get(0))) : OptionalInt.empty();
    }

    private void addSpatialEncoder() {
        String net = SPATIAL + "encoder.";
        List<Integer> widths = size.blockOutChannels();
        layer(spatialEncoder, net + "conv_in", widths.get(0), 3, 3, 3);
        int in = widths.get(0);
        for (int level = 0; level < 4; level++) {
            int out = widths.get(level);
            for (int block = 0; block < size.layersPerBlock(); block++) {
                resnet2d(spatialEncoder, net + "down_blocks." + level + ".resnets." + block, in, out);
                in = out;
            }
            if (level < 3) {
                layer(spatialEncoder, net + "down_blocks." + level + ".downsamplers.0.conv", out, out, 3, 3);
            }
        }
        midBlock(spatialEncoder, net);
        norm(carried, net + "conv_norm_out", size.featureChannels());
        layer(carried, net + "conv_out", 8, size.featureChannels(), 3, 3);
    }

    private void addSpatialDecoder() {
        String net = SPATIAL + "decoder.";
        List<Integer> widths = size.blockOutChannels();
        layer(carried, net + "conv_in", size.featureChannels(), 4, 3, 3);
        midBlock(spatialDecoder, net);
        int in = size.featureChannels();
        for (int level = 0; level < 4; level++) {
            int out = widths.get(3 - level);
            for (int block = 0; block <= size.layersPerBlock(); block++) {
                resnet2d(spatialDecoder, net + "up_blocks." + level + ".resnets." + block, in, out);
                in = out;
            }
            if (level < 3) {
                layer(spatialDecoder, net + "up_blocks." + level + ".upsamplers.0.conv", out, out, 3, 3);
            }
        }
        norm(spatialDecoder, net + "conv_norm_out", in);
        layer(spatialDecoder, net + "conv_out", 3, in, 3, 3);
    }

    private void addTemporalEncoder() {
        String net = TEMPORAL + "encoder.";
        weight(temporalEncoder, net + "conv_in.conv", temporalWidth(0), size.featureChannels(), 3, 3, 3);
        int in = temporalWidth(0);
        for (int level = 0; level < 4; level++) {
            int out = temporalWidth(level);
            for (int block = 0; block < TEMPORAL_BLOCKS; block++) {
                resnet3d(temporalEncoder, net + "block_res_blocks." + level + "." + block, in, out);
                in = out;
            }
            if (level < 3) {
                layer(temporalEncoder, net + "conv_blocks." + level + ".conv", out, out, 3, 3, 3);
            }
        }
        for (int block = 0; block < TEMPORAL_BLOCKS; block++) {
            resnet3d(temporalEncoder, net + "res_blocks." + block, in, in);
        }
        int moments = 2 * VaeSize.LATENT_CHANNELS;
        norm(temporalEncoder, net + "norm1", in);
        layer(temporalEncoder, net + "conv2.conv", moments, in, 1, 1, 1);
        layer(temporalEncoder, TEMPORAL + "quant_conv.conv", moments, moments, 1, 1, 1);
    }

    private void addTemporalDecoder() {
        String net = TEMPORAL + "decoder.";
        int latent = VaeSize.LATENT_CHANNELS;
        int in = temporalWidth(3);
        layer(temporalDecoder, TEMPORAL + "post_quant_conv.conv", latent, latent, 1, 1, 1);
        layer(temporalDecoder, net + "conv1.conv", in, latent, 3, 3, 3);
        for (int block = 0; block < TEMPORAL_BLOCKS; block++) {
            resnet3d(temporalDecoder, net + "res_blocks." + block, in, in);
        }
        resnet3d(temporalDecoder, net + "upsample_block", in, in);
        for (int level = 3; level >= 0; level--) {
            int out = temporalWidth(level);
            for (int block = 0; block < TEMPORAL_BLOCKS; block++) {
                resnet3d(temporalDecoder, net + "block_res_blocks." + level + "." + block, in, out);
                in = out;
            }
            // Doubles time out of channels; below level 1 time is already at its full rate and index 0 is an identity.
            if (level >= 2) {
                layer(temporalDecoder, net + "conv_blocks." + (level - 1) + ".conv", 2 * out, out, 3, 3, 3);
            }
        }
        norm(temporalDecoder, net + "norm1", in);
        layer(temporalDecoder, net + "conv_out.conv", size.featureChannels(), in, 3, 3, 3);
    }

    private int temporalWidth(int level) {
        return size.temporalFilters() * TEMPORAL_MULTIPLIERS[level];
    }

    private void midBlock(List<ParameterShape> net, String prefix) {
        int c = size.featureChannels();
        resnet2d(net, prefix + "mid_block.resnets.0", c, c);
        norm(net, prefix + "mid_block.attentions.0.group_norm", c);
        for (String projection : List.of("to_q", "to_k", "to_v", "to_out.0")) {
            layer(net, prefix + "mid_block.attentions.0." + projection, c, c);
        }
        resnet2d(net, prefix + "mid_block.resnets.1", c, c);
    }

    private static void resnet2d(List<ParameterShape> net, String name, int in, int out) {
        norm(net, name + ".norm1", in);
        layer(net, name + ".conv1", out, in, 3, 3);
        norm(net, name + ".norm2", out);
        layer(net, name + ".conv2", out, out, 3, 3);
        if (in != out) {
            layer(net, name + ".conv_shortcut", out, in, 1, 1);
        }
    }

    private static void resnet3d(List<ParameterShape> net, String name, int in, int out) {
        norm(net, name + ".norm1", in);
        weight(net, name + ".conv1.conv", out, in, 3, 3, 3);
        norm(net, name + ".norm2", out);
        weight(net, name + ".conv2.conv", out, out, 3, 3, 3);
        if (in != out) {
            weight(net, name + ".conv3.conv", out, in, 1, 1, 1);
        }
    }

    private static void norm(List<ParameterShape> net, String name, long width) {
        net.add(new ParameterShape(name + ".weight", width));
        net.add(new ParameterShape(name + ".bias", width));
    }

    private static void layer(List<ParameterShape> net, String name, long... shape) {
        weight(net, name, shape);
        net.add(new ParameterShape(name + ".bias", shape[0]));
    }

    private static void weight(List<ParameterShape> net, String name, long... shape) {
        net.add(new ParameterShape(name + ".weight", shape));
    }
}
