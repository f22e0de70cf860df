package dev.mugv.model.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.archive.TorchFile;
import dev.mugv.model.archive.TorchFileWriter;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.format.ImportDataRequest;
import dev.mugv.model.format.ImportDataRequest.BadSamples;
import dev.mugv.model.format.ImportDataRequest.Normalisation;
import dev.mugv.model.format.ImportedData;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TensorSource;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.vae.PublishedNormalisation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataImportTest {
    private static final VideoShape FIRST = new VideoShape(32, 48, 16, 24);

    @TempDir
    Path folder;

    @Test
    void importsWhatTorchSavedIntoShardsThatTheDatasetReads() {
        DataImport.Result result = run(Golden.path("pt"), Normalisation.CHECKED_MARKS);
        assertThat(result.shapes())
                .isEqualTo(Map.of("32x48x16@24.0", 1, "64x64x1@24.0", 1, "48x32x32@24.0", 1, "48x48x24@24.0", 1));
        assertThat(result.notes()).isEmpty();
        assertThat(result.data().shards()).containsExactly("shard-00000", "shard-00001");

        try (NDManager scope = TorchRuntime.start(1).newScope();
                LatentDataset dataset = open();
                TensorSource latent = TensorFiles.open(Golden.path("pt/latents/clip_000.pt"));
                TensorSource text = TensorFiles.open(Golden.path("pt/text_features/clip_000_text.pt"))) {
            assertThat(dataset.clipIds(FIRST)).containsExactly("clip_000");
            assertThat(dataset.latents(scope, List.of("clip_000"), FIRST).toFloatArray())
                    .isEqualTo(latent.floats(TorchFile.LONE_TENSOR));
            assertThat(dataset.text(scope, "clip_000").getShape()).isEqualTo(new Shape(5, 64));
            assertThat(dataset.text(scope, "clip_000").toFloatArray())
                    .isEqualTo(Arrays.copyOf(text.floats("y"), 5 * 64));
            assertThat(dataset.vaeSha256()).isEqualTo(LatentShard.UNKNOWN_ENCODER);
        }
        ImportedData data = Json.read(folder.resolve("shards").resolve(ImportedData.FILE_NAME), ImportedData.class);
        assertThat(data).isEqualTo(result.data());
        assertThat(data.samples()).hasSize(4).allSatisfy(sample -> {
            assertThat(sample.mark()).isEqualTo(ImportedData.Mark.GENERATED);
            assertThat(sample.found()).isEqualTo(ImportedData.Found.NORMALISED);
            assertThat(sample.looks()).isEqualTo(ImportedData.Looks.NORMALISED);
        });
    }

    @Test
    void normalisesWhatIsMarkedRealOnceAndLeavesTheRest() {
        Path data = copy();
        denormalise(data.resolve("latents/clip_000.pt"));
        mark(data, "clip_000", "real");
        DataImport.Result result = run(data, Normalisation.CHECKED_MARKS);
        assertThat(result.data().samples())
                .extracting(ImportedData.Sample::found)
                .containsExactly(
                        ImportedData.Found.NOT_NORMALISED,
                        ImportedData.Found.NORMALISED,
                        ImportedData.Found.NORMALISED,
                        ImportedData.Found.NORMALISED);
        try (NDManager scope = TorchRuntime.start(1).newScope();
                LatentDataset dataset = open();
                TensorSource before = TensorFiles.open(Golden.path("pt/latents/clip_000.pt"))) {
            // There and back in fp32: two roundings each.
            Golden.requireClose(
                    "latent",
                    dataset.latents(scope, List.of("clip_000"), FIRST).toFloatArray(),
                    before.floats(TorchFile.LONE_TENSOR),
                    1e-6);
        }
    }

    /** The released tools' own default: normalised latents, all marked real. */
    @Test
    void refusesToNormaliseWhatIsNormalisedAlready() {
        Path data = copy();
        for (int i = 0; i < 4; i++) {
            mark(data, "clip_00" + i, "real");
        }
        assertThatThrownBy(() -> run(data, Normalisation.CHECKED_MARKS))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("4 of the 4 samples looked at are not what their marks say")
                .hasMessageContaining("clip_002: marked real, looks normalised")
                .hasMessageContaining("--normalisation normalised");
        requireNothingLeft();
        DataImport.Result result = run(data, Normalisation.NORMALISED);
        assertThat(result.data().samples()).allSatisfy(sample -> {
            assertThat(sample.mark()).isEqualTo(ImportedData.Mark.REAL);
            assertThat(sample.found()).isEqualTo(ImportedData.Found.NORMALISED);
        });
    }

    @Test
    void refusesToTakeForNormalisedWhatIsNotAndWhatIsTwice() {
        Path data = copy();
        denormalise(data.resolve("latents/clip_003.pt"));
        assertThatThrownBy(() -> run(data, Normalisation.CHECKED_MARKS))
                .hasMessageContaining("1 of the 4 samples")
                .hasMessageContaining("clip_003: marked generated, looks not normalised");
        denormalise(data.resolve("latents/clip_003.pt"));
        assertThat(run(data, Normalisation.TRUSTED_MARKS).notes())
                .singleElement()
                .asString()
                .contains("1 samples look otherwise")
                .contains("clip_003: marked generated, looks not normalised");
    }

    @Test
    void namesEverySampleThatCannotBeUsedBeforeAnythingIsWritten() throws IOException {
        Path data = copy();
        Files.delete(data.resolve("latents/clip_000.pt"));
        latent(data.resolve("latents/clip_001.pt"), new Shape(16, 1, 8, 8));
        latent(data.resolve("latents/clip_002.pt"), new Shape(24, 2, 5, 6));
        Files.copy(
                Golden.path("pt/latents/clip_003.pt"),
                data.resolve("text_features/clip_003_text.pt"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> run(data, Normalisation.CHECKED_MARKS))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("4 of 4 samples cannot be used")
                .hasMessageContaining("clip_000.pt': there is no such file")
                .hasMessageContaining("(16, 1, 8, 8), expected real numbers [24, frames, height, width]")
                .hasMessageContaining("(24, 2, 5, 6) stands for no video shape")
                .hasMessageContaining("it holds [tensor], expected 'y' and 'mask'");
        requireNothingLeft();
    }

    @Test
    void leavesOutBadSamplesWhereThatIsAskedFor() {
        Path data = copy();
        latent(data.resolve("latents/clip_001.pt"), new Shape(24, 1, 2, 2), Float.NaN);
        assertThatThrownBy(() -> run(data, Normalisation.CHECKED_MARKS))
                .hasMessageContaining("clip_001.pt': it holds NaN at element 0, expected finite numbers");
        ImportDataRequest strict = request(data, Normalisation.CHECKED_MARKS);
        DataImport.Result result = new DataImport(
                        new ImportDataRequest(
                                strict.data(),
                                strict.to(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(captions()),
                                30,
                                64,
                                Normalisation.CHECKED_MARKS,
                                BadSamples.LEAVE_OUT),
                        (doing, done, all) -> {})
                .run();
        assertThat(result.data().faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.clipId()).isEqualTo("clip_001"));
        assertThat(result.data().samples()).hasSize(3);
        LatentShard shard =
                Json.read(folder.resolve("shards/shard-00000").resolve(LatentShard.FILE_NAME), LatentShard.class);
        assertThat(shard.texts().get(0).caption()).isEqualTo("a red dog, running");
        assertThat(shard.latents().get(0).shape().fps()).isEqualTo(30);
    }

    @Test
    void refusesAListThatIsNotOne() throws IOException {
        requireListRefused(
                "sample_id,source,latent_path\na,real,b\n", "its columns are [sample_id, source, latent_path]");
        String head = "sample_id,source,latent_path,text_feat_path\n";
        requireListRefused(head, "it lists no samples");
        requireListRefused(head + "a,fake,b,c\n", "line 2: source is 'fake', expected real or generated");
        requireListRefused(head + "a,real,b,c\na,real,b,c\n", "line 3: sample 'a' is there twice");
        requireListRefused(head + "null,real,b,c\n", "line 2: 'null' is no sample_id");
        requireListRefused(head + "a,real,b\n", "line 2 has 3 values, expected 4");
        assertThatThrownBy(() -> run(folder.resolve("absent"), Normalisation.CHECKED_MARKS))
                .hasMessageContaining("there is no such file");
    }

    @Test
    void theTrainerTrainsOnImportedShards() {
        run(Golden.path("pt"), Normalisation.CHECKED_MARKS);
        assertThat(ImportedTraining.lossAfter(
                        2,
                        List.of(folder.resolve("shards/shard-00000"), folder.resolve("shards/shard-00001")),
                        folder.resolve("training")))
                .isFinite();
    }

    private DataImport.Result run(Path data, Normalisation normalisation) {
        return new DataImport(request(data, normalisation), (doing, done, all) -> {}).run();
    }

    private ImportDataRequest request(Path data, Normalisation normalisation) {
        return new ImportDataRequest(
                data,
                folder.resolve("shards"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                24,
                3,
                normalisation,
                BadSamples.REFUSE);
    }

    private LatentDataset open() {
        Path shards = folder.resolve("shards");
        return LatentDataset.open(List.of(shards.resolve("shard-00000"), shards.resolve("shard-00001")));
    }

    private void requireListRefused(String content, String part) throws IOException {
        Path list = Files.writeString(folder.resolve("list.csv"), content);
        assertThatThrownBy(() -> run(list, Normalisation.CHECKED_MARKS))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot read '" + list + "'")
                .hasMessageContaining(part);
    }

    private void requireNothingLeft() {
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries.map(entry -> entry.getFileName().toString())).containsExactly("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path captions() {
        try {
            return Files.writeString(
                    folder.resolve("captions.csv"), "sample_id,text\nclip_000,\"a red dog, running\"\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path copy() {
        Path data = folder.resolve("data");
        try {
            for (String part : List.of("latents", "text_features")) {
                Files.createDirectories(data.resolve(part));
                try (Stream<Path> files = Files.list(Golden.path("pt").resolve(part))) {
                    for (Path file : files.toList()) {
                        Files.copy(file, data.resolve(part).resolve(file.getFileName()));
                    }
                }
            }
            Files.copy(Golden.path("pt/train.csv"), data.resolve("train.csv"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return data;
    }

    private static void mark(Path data, String id, String source) {
        try {
            Path list = data.resolve("train.csv");
            Files.writeString(list, Files.readString(list).replace(id + ",generated,", id + "," + source + ","));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void denormalise(Path file) {
        try (TensorSource latent = TensorFiles.open(file)) {
            float[] values = latent.floats(TorchFile.LONE_TENSOR);
            int perChannel = values.length / 24;
            for (int i = 0; i < values.length; i++) {
                int channel = i / perChannel;
                values[i] =
                        values[i] * PublishedNormalisation.scale()[channel] + PublishedNormalisation.shift()[channel];
            }
            write(file, latent.shape(TorchFile.LONE_TENSOR), values);
        }
    }

    private void latent(Path file, Shape shape, float... firstValues) {
        float[] values = new float[(int) shape.size()];
        System.arraycopy(firstValues, 0, values, 0, firstValues.length);
        write(file, shape, values);
    }

    /** A dictionary of one tensor serves as well as a tensor alone. */
    private void write(Path file, Shape shape, float[] values) {
        Path safetensors = folder.resolve("data/scratch.safetensors");
        new SafetensorsWriter(Map.of())
                .add(TorchFile.LONE_TENSOR, shape, FloatBuffer.wrap(values))
                .write(safetensors);
        try (TensorSource source = TensorFiles.open(safetensors)) {
            new TorchFileWriter(source).write(file);
        }
    }
}
