package dev.mugv.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.archive.TorchFileWriter;
import dev.mugv.model.config.WeightPrecision;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TensorSource;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class T5TextEncoderTest {
    /** The golden file's sizes. */
    private static final T5Size SIZE = new T5Size(97, 64, 6, 8, 144, 2, 32, 128);

    private static final String CONFIG = """
            {"architectures": ["T5EncoderModel"], "model_type": "t5", "feed_forward_proj": "gated-gelu",
             "vocab_size": 97, "d_model": 64, "num_heads": 6, "d_kv": 8, "d_ff": 144, "num_layers": 2,
             "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128}
            """;
    private static final String TOKENIZER = """
            {"version": "1.0", "truncation": {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0},
             "padding": null, "added_tokens": [], "normalizer": {"type": "Lowercase"},
             "pre_tokenizer": {"type": "Whitespace"}, "decoder": null,
             "post_processor": {"type": "TemplateProcessing",
               "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
               "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
               "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
             "model": {"type": "WordLevel", "unk_token": "<unk>",
               "vocab": {"<pad>": 0, "</s>": 1, "<unk>": 2, "a": 3, "red": 4, "dog": 5}}}
            """;

    private final TorchRuntime runtime = TorchRuntime.start(1);

    @TempDir
    Path folder;

    @Test
    void computesThePublishedStatesFromOneFileAndFromShards() throws IOException {
        for (List<String> files : List.of(List.of("model.safetensors"), List.of("a.safetensors", "b.safetensors"))) {
            Path here = Files.createDirectory(folder.resolve("of-" + files.size()));
            write(here, files);
            try (T5TextEncoder encoder = T5TextEncoder.open(runtime, here, 40, WeightPrecision.FP32);
                    NDManager scope = runtime.newScope();
                    SafetensorsFile golden = Golden.open("t5-tiny")) {
                long[] ids = golden.longs("input_ids");
                long[] mask = golden.longs("attention_mask");
                for (int b = 0; b < 2; b++) {
                    int start = 40 * b;
                    int tokens = (int) Arrays.stream(mask, start, start + 40).sum();
                    long[] text = Arrays.copyOfRange(ids, start, start + tokens);
                    for (int layer = 0; layer < 2; layer++) {
                        Golden.requireClose(
                                "block " + layer,
                                encoder.net().hidden(text, layer + 1, scope),
                                rows(golden, "act.block." + layer, start, tokens),
                                Golden.OUTPUT);
                    }
                    Golden.requireClose(
                            "output", encoder.net().states(text), rows(golden, "out", start, tokens), Golden.OUTPUT);
                }
            }
        }
    }

    /**
     * Rounding to bf16 moves a weight by at most 2^-8 of itself, one independent of the other, and so the result of a product
     * by at most that share. On its way a token meets 15 such products: the embedding, then seven in each of two blocks.
     */
    @Test
    void weightsRoundedToBf16MoveTheStatesByNoMoreThanTheirRoundings() throws IOException {
        write(folder, List.of("model.safetensors"));
        try (T5TextEncoder rounded = T5TextEncoder.open(runtime, folder, 40, WeightPrecision.BF16);
                T5TextEncoder exact = T5TextEncoder.open(runtime, folder, 40, WeightPrecision.FP32);
                SafetensorsFile golden = Golden.open("t5-tiny")) {
            long[] ids = golden.longs("input_ids");
            int tokens =
                    (int) Arrays.stream(golden.longs("attention_mask"), 0, 40).sum();
            long[] text = Arrays.copyOf(ids, tokens);
            float[] states = rounded.net().states(text);
            Golden.requireClose("bf16", states, rows(golden, "out", 0, tokens), Math.sqrt(15) * 0x1p-8);
            assertThat(states).isNotEqualTo(exact.net().states(text));
            assertThat(rounded.identity()).isNotEqualTo(exact.identity());
        }
    }

    @Test
    void aFileOfSixteenBitsIsUsedAsItIsAndComputedInFp32() throws IOException {
        for (String type : List.of("BF16", "F16")) {
            Path here = Files.createDirectory(folder.resolve(type));
            write(here, List.of("model.safetensors"));
            halve(here.resolve("model.safetensors"), type);
            try (T5TextEncoder mapped = T5TextEncoder.open(runtime, here, 40, WeightPrecision.BF16);
                    T5TextEncoder widened = T5TextEncoder.open(runtime, here, 40, WeightPrecision.FP32)) {
                long[] text = {3, 90, 17, 4, 4, 60, 1};
                assertThat(mapped.net().states(text))
                        .as(type)
                        .isEqualTo(widened.net().states(text));
            }
        }
    }

    @Test
    void thePackedFormIsThePaddedOneWithoutItsPadding() throws IOException {
        write(folder, List.of("model.safetensors"));
        try (T5TextEncoder encoder = T5TextEncoder.open(runtime, folder, 40, WeightPrecision.FP32);
                SafetensorsFile golden = Golden.open("t5-tiny")) {
            boolean[] mask = new boolean[40];
            long[] valid = golden.longs("attention_mask");
            int tokens = 0;
            for (int s = 0; s < 40; s++) {
                mask[s] = valid[s] != 0;
                tokens += mask[s] ? 1 : 0;
            }
            FloatBuffer published = FloatBuffer.wrap(golden.floats("out"), 0, 40 * 64);
            TextFeatures packed = TextFeatures.packed(published, mask);
            assertThat(packed.tokens()).isEqualTo(tokens);
            Golden.requireClose(
                    "packed",
                    Golden.floats(packed.features_SD()),
                    encoder.net().states(Arrays.copyOf(golden.longs("input_ids"), tokens)),
                    Golden.OUTPUT);

            FloatBuffer padded = packed.padded(300);
            assertThat(padded.remaining()).isEqualTo(300 * 64);
            assertThat(padded.get(tokens * 64)).isZero();
            boolean[] longer = Arrays.copyOf(mask, 300);
            assertThat(TextFeatures.packed(padded, longer)).isEqualTo(packed);
        }
    }

    /** Writes a file of fp32 values anew in two bytes each. */
    private static void halve(Path file, String type) throws IOException {
        StringBuilder header = new StringBuilder();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            for (String name : tensors.names()) {
                int start = data.size();
                for (float value : tensors.floats(name)) {
                    int bits = type.equals("BF16") ? Float.floatToIntBits(value) >>> 16 : half(value);
                    data.write(bits);
                    data.write(bits >>> 8);
                }
                header.append(header.isEmpty() ? "{" : ", ")
                        .append("\"%s\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [%d, %d]}"
                                .formatted(
                                        name,
                                        type,
                                        Arrays.toString(tensors.shape(name).getShape()),
                                        start,
                                        data.size()));
            }
        }
        byte[] text = header.append("}").toString().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer whole = ByteBuffer.allocate(8 + text.length + data.size()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        whole.putLong(text.length).put(text).put(data.toByteArray());
        Files.write(file, whole.array());
    }

    /** fp16 bits of a value of ordinary size, its last bits cut off. */
    private static int half(float value) {
        int bits = Float.floatToIntBits(value);
        int exponent = (bits >>> 23 & 0xff) - 127 + 15;
        return (bits >>> 16 & 0x8000) | (exponent < 1 ? 0 : exponent << 10 | bits >>> 13 & 0x3ff);
    }

    private static float[] rows(SafetensorsFile golden, String name, int first, int count) {
        return Arrays.copyOfRange(golden.floats(name), first * 64, (first + count) * 64);
    }

    @Test
    void tokenizesWholeTextsWithTheFoldersTokenizerAndCutsBeforeTheEndToken() throws IOException {
        write(folder, List.of("model.safetensors"));
        try (T5TextEncoder encoder = T5TextEncoder.open(runtime, folder, 4, WeightPrecision.BF16)) {
            TextFeatures features = encoder.encode("A red dog");
            assertThat(features.tokens()).isEqualTo(4);
            assertThat(features.width()).isEqualTo(64);
            assertThat(features.isCut()).isFalse();
            assertThat(Golden.floats(features.features_SD()))
                    .containsExactly(encoder.net().states(new long[] {3, 4, 5, 1}));

            TextFeatures cut = encoder.encode("a red dog cat dog");
            assertThat(cut.isCut()).isTrue();
            assertThat(cut.tokensFound()).isEqualTo(6);
            assertThat(Golden.floats(cut.features_SD()))
                    .containsExactly(encoder.net().states(new long[] {3, 4, 5, 1}));
            assertThat(encoder.encode("").tokens()).isEqualTo(1);
        }
    }

    @Test
    void readsWeightsThatTorchSaved() throws IOException {
        write(folder, List.of("model.safetensors"));
        halve(folder.resolve("model.safetensors"), "BF16");
        long[] text = {3, 4, 5, 1};
        float[] expected;
        try (T5TextEncoder encoder = T5TextEncoder.open(runtime, folder, 8, WeightPrecision.BF16)) {
            expected = encoder.net().states(text);
        }
        try (TensorSource weights = TensorFiles.open(folder.resolve("model.safetensors"))) {
            new TorchFileWriter(weights).write(folder.resolve("pytorch_model.bin"));
        }
        Files.delete(folder.resolve("model.safetensors"));
        for (WeightPrecision precision : List.of(WeightPrecision.BF16, WeightPrecision.FP32)) {
            try (T5TextEncoder encoder = T5TextEncoder.open(runtime, folder, 8, precision)) {
                assertThat(encoder.net().states(text)).isEqualTo(expected);
            }
        }
    }

    @Test
    void identityChangesWithAnyFile() throws IOException {
        write(folder, List.of("model.safetensors"));
        String before = T5TextEncoder.folderIdentity(folder, 24, WeightPrecision.FP32);
        assertThat(T5TextEncoder.folderIdentity(folder, 24, WeightPrecision.FP32))
                .isEqualTo(before);
        Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER.replace("\"dog\"", "\"cat\""));
        assertThat(T5TextEncoder.folderIdentity(folder, 24, WeightPrecision.FP32))
                .isNotEqualTo(before);
    }

    @Test
    void refusesAFolderNamingWhatIsWrongWithIt() throws IOException {
        assertThatThrownBy(() -> T5TextEncoder.open(runtime, folder, 4, WeightPrecision.BF16))
                .hasMessageContainingAll(folder.toString(), "config.json");
        write(folder, List.of("model.safetensors"));
        Files.writeString(folder.resolve("config.json"), CONFIG.replace("gated-gelu", "relu"));
        assertThatThrownBy(() -> T5TextEncoder.open(runtime, folder, 4, WeightPrecision.BF16))
                .hasMessageContaining("'relu'");
        Files.writeString(folder.resolve("config.json"), CONFIG.replace("\"num_layers\": 2", "\"num_layers\": 1"));
        assertThatThrownBy(() -> T5TextEncoder.open(runtime, folder, 4, WeightPrecision.BF16))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("unexpected keys [encoder.block.1.layer.0.SelfAttention.k.weight");
    }

    @Test
    void aSeededEncoderTellsTextsApartAndRepeatsItself() {
        try (T5TextEncoder one = T5TextEncoder.seeded(runtime, 32, 5, 16);
                T5TextEncoder same = T5TextEncoder.seeded(runtime, 32, 5, 16);
                T5TextEncoder other = T5TextEncoder.seeded(runtime, 32, 6, 16)) {
            TextFeatures dog = one.encode("dog ä");
            assertThat(dog.tokens()).isEqualTo(7);
            assertThat(dog).isEqualTo(same.encode("dog ä")).isNotEqualTo(one.encode("cat ä"));
            assertThat(dog).isNotEqualTo(other.encode("dog ä"));
            assertThat(one.identity()).isEqualTo(same.identity()).isNotEqualTo(other.identity());
            assertThat(one.encode("a text far too long for it").tokens()).isEqualTo(16);
            for (float value : Golden.floats(dog.features_SD())) {
                assertThat(Math.abs(value) < 10).isTrue();
            }
        }
    }

    private void write(Path here, List<String> files) throws IOException {
        Files.writeString(here.resolve("config.json"), CONFIG);
        Files.writeString(here.resolve("tokenizer.json"), TOKENIZER);
        StringBuilder index = new StringBuilder();
        try (NDManager scope = runtime.newScope();
                ParameterSet parameters = ParameterSet.frozen(scope, SIZE.shapes())) {
            WeightFormula.fill(parameters);
            parameters.get(T5Size.EMBEDDING).muli((float) Math.sqrt(64 / 3.0));
            List<ParameterShape> shapes = SIZE.shapes();
            for (int f = 0; f < files.size(); f++) {
                SafetensorsWriter writer = new SafetensorsWriter(Map.of());
                for (int i = f; i < shapes.size(); i += files.size()) {
                    String name = shapes.get(i).name();
                    writer.add(name, shapes.get(i).shape(), parameters.values(name));
                    index.append(index.isEmpty() ? "" : ", ").append("\"%s\": \"%s\"".formatted(name, files.get(f)));
                }
                writer.add(
                                "decoder.final_layer_norm.weight",
                                SIZE.shapes().get(0).shape(),
                                FloatBuffer.allocate(97 * 64))
                        .write(here.resolve(files.get(f)));
            }
        }
        if (files.size() > 1) {
            Files.writeString(here.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + index + "}}");
        }
    }
}
