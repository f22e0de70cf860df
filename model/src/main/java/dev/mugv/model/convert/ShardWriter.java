package dev.mugv.model.convert;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.format.ImportedData;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.Json;
import dev.mugv.model.tensor.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes imported samples as a shard that training reads. */
final class ShardWriter {
    private final LatentNormalisation normalisation;
    private final LatentShard empty;
    private final Map<String, String> captions;

    /**
     * @param textEncoderSha256 identity of the encoder of the captions, or {@link LatentShard#UNKNOWN_ENCODER}
     * @param captions by sample, as far as they are known
     */
    ShardWriter(LatentNormalisation normalisation, String textEncoderSha256, Map<String, String> captions) {
        this.normalisation = normalisation;
        this.captions = captions;
        this.empty = new LatentShard(
                normalisation.vaeSha256(),
                textEncoderSha256,
                LatentShard.State.NORMALISED_SAMPLE,
                LatentShard.FLOAT32,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    /** Writes a shard into a new folder. */
    void write(List<MeasuredSample> samples, Path folder) throws IOException {
        Files.createDirectory(folder);
        Map<String, ImportedTensors.Item> latents = new LinkedHashMap<>();
        Map<String, ImportedTensors.Item> texts = new LinkedHashMap<>();
        List<LatentShard.Latent> latentEntries = new ArrayList<>();
        List<LatentShard.Text> textEntries = new ArrayList<>();
        for (MeasuredSample sample : samples) {
            LatentShard.Latent entry = latentEntry(sample);
            latentEntries.add(entry);
            latents.put(entry.tensor(), latent(sample));
            LatentShard.Text text = textEntry(sample.description().sampleId());
            textEntries.add(text);
            texts.put(text.tensor(), text(sample.sample()));
        }
        write(folder.resolve(LatentShard.LATENTS_FILE_NAME), Map.of("vae", empty.vaeSha256()), latents);
        write(folder.resolve(LatentShard.TEXT_FILE_NAME), Map.of("text-encoder", empty.textEncoderSha256()), texts);
        LatentShard shard = new LatentShard(
                empty.vaeSha256(),
                empty.textEncoderSha256(),
                empty.state(),
                empty.elementType(),
                latentEntries,
                textEntries,
                List.of(),
                List.of());
        Files.writeString(folder.resolve(LatentShard.FILE_NAME), Json.pretty(shard));
    }

    private static void write(Path file, Map<String, String> metadata, Map<String, ImportedTensors.Item> items) {
        try (ImportedTensors tensors = new ImportedTensors(file, items)) {
            new SafetensorsWriter(metadata).addAll(tensors).write(file);
        }
    }

    private LatentShard.Latent latentEntry(MeasuredSample sample) {
        ImportedData.Sample description = sample.description();
        int frames = sample.sample().shape().frames();
        LatentShard.Latent entry = new LatentShard.Latent(
                description.sampleId(),
                description.latentSha256(),
                0,
                frames,
                sample.sample().shape(),
                "");
        return new LatentShard.Latent(
                entry.clipId(), entry.videoSha256(), 0, frames, entry.shape(), empty.latentKey(entry));
    }

    private LatentShard.Text textEntry(String sampleId) {
        String caption = captions.getOrDefault(sampleId, "(caption of %s, not known)".formatted(sampleId));
        return new LatentShard.Text(sampleId, caption, LatentShard.textKey(caption, empty.textEncoderSha256()));
    }

    private ImportedTensors.Item latent(MeasuredSample measured) {
        ImportedSample sample = measured.sample();
        Shape shape = sample.latent_CFHW();
        return new ImportedTensors.Item(
                sample.listed().latent(),
                sample.latentName(),
                shape,
                measured.description().found() == ImportedData.Found.NORMALISED
                        ? new AsFound(shape)
                        : new Normalised(shape, normalisation));
    }

    private static ImportedTensors.Item text(ImportedSample sample) {
        Shape shape = new Shape(sample.textRows().size(), sample.textWidth());
        return new ImportedTensors.Item(
                sample.listed().text(), sample.featuresName(), shape, new WithoutPadding(sample));
    }

    /** Every element where it was. */
    private record AsFound(Shape shape) implements ImportedTensors.View {
        @Override
        public long place(long element) {
            return element;
        }

        @Override
        public long run(long element) {
            return shape.size() - element;
        }

        @Override
        public float value(long element, float found) {
            return found;
        }
    }

    /** The same, normalised channel by channel. */
    private record Normalised(Shape shape, LatentNormalisation normalisation) implements ImportedTensors.View {
        @Override
        public long place(long element) {
            return element;
        }

        @Override
        public long run(long element) {
            return shape.size() - element;
        }

        @Override
        public float value(long element, float found) {
            long perChannel = shape.size() / VaeSize.LATENT_CHANNELS;
            return normalisation.normalised((int) (element / perChannel), found);
        }
    }

    /** Rows of the caption's tokens. */
    private record WithoutPadding(ImportedSample sample) implements ImportedTensors.View {
        @Override
        public long place(long element) {
            int width = sample.textWidth();
            return (long) sample.textRows().get((int) (element / width)) * width + element % width;
        }

        @Override
        public long run(long element) {
            return sample.textWidth() - element % sample.textWidth();
        }

        @Override
        public float value(long element, float found) {
            return found;
        }
    }
}
