package dev.mugv.model.convert;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSource;
import dev.mugv.model.vae.VaeParameters;
import java.util.List;
import java.util.regex.Pattern;

/** What a state dict is, by its keys and shapes. */
sealed interface ModelContent {
    Pattern LAYERS = Pattern.compile("blocks\\.(\\d{1,6})\\.");

    /** In words for people. */
    String description();

    /** A transformer, whole. */
    record Transformer(DitSize size, List<ParameterShape> shapes) implements ModelContent {
        public Transformer {
            shapes = List.copyOf(shapes);
        }

        @Override
        public String description() {
            return "MUG-DiT, width %d, %d layers, text width %d"
                    .formatted(size.width(), size.layers(), size.textWidth());
        }
    }

    /** A VideoVAE, whole. */
    record Autoencoder(VaeSize size) implements ModelContent {
        @Override
        public String description() {
            return "VideoVAE, 2D widths %s, temporal filters %d"
                    .formatted(size.blockOutChannels(), size.temporalFilters());
        }
    }

    /** Something whose keys nobody here knows. */
    record Unknown(int tensors) implements ModelContent {
        @Override
        public String description() {
            return "%,d tensors, keys not checked".formatted(tensors);
        }
    }

    /**
     * Recognises a model and holds every key and shape against its size.
     *
     * @throws WorkFailure of kind INVALID_REQUEST listing missing, unexpected and wrongly shaped keys
     */
    static ModelContent of(TensorSource source) {
        if (TransformerKeys.areIn(source)) {
            TransformerKeys keys = TransformerKeys.of(source, name -> name, LAYERS);
            source.requireExactly(keys.shapes());
            return new Transformer(keys.size(), keys.shapes());
        }
        if (source.names().stream()
                .anyMatch(name -> name.startsWith("spatial_vae.") || name.startsWith("temporal_vae."))) {
            return new Autoencoder(VaeParameters.of(source).size());
        }
        throw new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot tell what '%s' is: its keys %s are neither a MUG-DiT's nor a VideoVAE's. Give one of these, or say that any keys will do."
                        .formatted(
                                source.path(), source.names().stream().limit(6).toList()));
    }
}
