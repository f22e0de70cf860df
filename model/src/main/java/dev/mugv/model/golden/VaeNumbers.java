package dev.mugv.model.golden;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.WeightFormula;
import dev.mugv.model.vae.PixelSource;
import dev.mugv.model.vae.PublishedNormalisation;
import dev.mugv.model.vae.VideoVae;
import java.util.function.Consumer;

/** 2D features, posterior, normalised latent and reconstruction of the VideoVAE. */
record VaeNumbers(SafetensorsFile file, NDManager scope) implements GoldenFile {
    @Override
    public void check(Consumer<TensorError> errors) {
        GoldenMetadata sizes = new GoldenMetadata(file);
        sizes.requireFixed("micro_frame_size", "48");
        VaeSize size = new VaeSize(
                sizes.integers("block_out_channels"),
                sizes.integer("temporal_filters"),
                sizes.integer("layers_per_block"));
        sizes.requireFixed("feature_channels", Integer.toString(size.featureChannels()));
        try (NDManager local = scope.newSubManager();
                VideoVae vae = VideoVae.ofValues(local, size, WeightFormula::fill)) {
            vae.shift().put(PublishedNormalisation.shift());
            vae.scale().put(PublishedNormalisation.scale());
            PixelSource video = PixelSource.of(file.array(local, "x"));
            if (file.names().contains("features")) {
                output(errors, "features", vae.features(local, video));
            }
            VideoVae.Posterior posterior = vae.posterior(local, video);
            output(errors, "mean", posterior.mean_BCFHW());
            output(errors, "logvar", posterior.logVariance_BCFHW());
            output(errors, "z", vae.encodeMean(local, video));
            output(errors, "decoded", vae.decode(local, file.array(local, "z_in"), sizes.integer("decode_num_frames")));
        }
    }

    private void output(Consumer<TensorError> errors, String name, NDArray actual) {
        errors.accept(TensorError.ofOutput(name, actual.toFloatArray(), file.floats(name)));
    }
}
