package dev.mugv.model.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.archive.TorchFileWriter;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.format.ConvertModelRequest;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MegatronConversionTest {
    private static final int HEADS = TinyModels.SIZE.heads();
    private static final int HEAD = 72;
    private static final int WIDTH = TinyModels.SIZE.width();

    @TempDir
    Path folder;

    private Path original;

    @BeforeEach
    void writeOriginal() {
        original = TinyModels.write(folder.resolve("dit.safetensors"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void thereAndBackAgainIsTheSameBitForBit(int ranks) throws IOException {
        TinyModels.toMegatron(original, folder.resolve("ranks"), ranks);
        TinyModels.convert(
                folder.resolve("ranks"), folder.resolve("back.safetensors"), ConvertModelRequest.Format.SAFETENSORS);
        TinyModels.convert(original, folder.resolve("plain.safetensors"), ConvertModelRequest.Format.SAFETENSORS);

        assertThat(Files.mismatch(folder.resolve("back.safetensors"), folder.resolve("plain.safetensors")))
                .isEqualTo(-1);
    }

    @Test
    void everyRankHasItsHeadsWithQueryKeyAndValueBesideEachOther() {
        Path ranks = folder.resolve("ranks");
        TinyModels.toMegatron(original, ranks, 2);
        try (TensorSource whole = TensorFiles.open(original);
                TensorSource second = rank(ranks, 1)) {
            float[] qkv = whole.floats("blocks.1.attn.qkv.weight");
            float[] part = second.floats("decoder.layers.1.self_attention.linear_qkv.weight");
            assertThat(second.shape("decoder.layers.1.self_attention.linear_qkv.weight"))
                    .isEqualTo(new Shape(3L * WIDTH / 2, WIDTH));
            float[] bias = whole.floats("blocks.1.attn.qkv.bias");
            float[] biasPart = second.floats("decoder.layers.1.self_attention.linear_qkv.bias");
            float[] kv = whole.floats("blocks.0.cross_attn.kv_linear.weight");
            float[] kvPart = second.floats("decoder.layers.0.cross_attention.linear_kv.weight");
            for (int head = 0; head < HEADS / 2; head++) {
                for (int c = 0; c < HEAD; c++) {
                    for (int p = 0; p < 3; p++) {
                        int there = (head * 3 + p) * HEAD + c;
                        int here = (p * HEADS + HEADS / 2 + head) * HEAD + c;
                        assertThat(row(part, there, WIDTH)).isEqualTo(row(qkv, here, WIDTH));
                        assertThat(biasPart[there]).isEqualTo(bias[here]);
                    }
                    for (int p = 0; p < 2; p++) {
                        assertThat(row(kvPart, (head * 2 + p) * HEAD + c, WIDTH))
                                .isEqualTo(row(kv, (p * HEADS + HEADS / 2 + head) * HEAD + c, WIDTH));
                    }
                }
            }
        }
    }

    @Test
    void theRestIsCutAlongRowsOrColumnsOrCopied() {
        Path ranks = folder.resolve("ranks");
        TinyModels.toMegatron(original, ranks, 4);
        try (TensorSource whole = TensorFiles.open(original);
                TensorSource third = rank(ranks, 2)) {
            float[] q = whole.floats("blocks.0.cross_attn.q_linear.weight");
            assertThat(third.floats("decoder.layers.0.cross_attention.linear_q.weight"))
                    .isEqualTo(Arrays.copyOfRange(q, q.length / 2, q.length * 3 / 4));
            float[] fc1 = whole.floats("blocks.0.mlp.fc1.bias");
            assertThat(third.floats("decoder.layers.0.mlp.linear_fc1.bias"))
                    .isEqualTo(Arrays.copyOfRange(fc1, fc1.length / 2, fc1.length * 3 / 4));
            float[] fc2 = whole.floats("blocks.1.mlp.fc2.weight");
            float[] fc2Part = third.floats("decoder.layers.1.mlp.linear_fc2.weight");
            for (int r = 0; r < WIDTH; r++) {
                assertThat(row(fc2Part, r, WIDTH))
                        .isEqualTo(Arrays.copyOfRange(fc2, (4 * r + 2) * WIDTH, (4 * r + 3) * WIDTH));
            }
            requireCopied(third, "decoder.layers.1.mlp.linear_fc2.bias", whole, "blocks.1.mlp.fc2.bias");
            requireCopied(third, "decoder.layers.0.scale_shift_table.bias", whole, "blocks.0.scale_shift_table");
            requireCopied(
                    third, "decoder.layers.0.self_attention.q_layernorm.weight", whole, "blocks.0.attn.q_norm.weight");
            requireCopied(
                    third, "decoder.layers.0.pre_cross_attn_layernorm.bias", whole, "blocks.0.cross_attn_norm.bias");
            requireCopied(third, "timestep_embedder.mlp.2.weight", whole, "t_embedder.mlp.2.weight");
            requireCopied(third, "timestep_block.1.bias", whole, "t_block.1.bias");
            requireCopied(third, "context_embedder.proj.fc1.weight", whole, "y_embedder.y_proj.fc1.weight");
            requireCopied(third, "context_embedder.drop_emb", whole, DitParameters.NULL_CAPTION);
            requireCopied(third, "final_layer.scale_shift_table.bias", whole, "final_layer.scale_shift_table");
            requireCopied(third, "final_layer.linear.weight", whole, "final_layer.linear.weight");
            requireCopied(third, "start_token", whole, "start_token");
            assertThat(third.names()).hasSameSizeAs(whole.names());
        }
    }

    @Test
    void theFolderIsWhatTheReleasedTrainerLooksFor() throws IOException {
        Path ranks = folder.resolve("ranks");
        TinyModels.toMegatron(original, ranks, 2);
        assertThat(ranks.resolve("latest_checkpointed_iteration.txt")).hasContent("1");
        assertThat(ranks.resolve("iter_0000001/mp_rank_01/model_optim_rng.pt")).exists();
        String file = new String(
                Files.readAllBytes(ranks.resolve("iter_0000001/mp_rank_00/model_optim_rng.pt")),
                StandardCharsets.ISO_8859_1);
        assertThat(file)
                .contains(
                        "decoder.layers.1.mlp.linear_fc2._extra_state",
                        "decoder.layers.0.cross_attention.linear_kv._extra_state",
                        "final_layer.scale_shift_table._extra_state")
                .doesNotContain("final_layer.linear._extra_state");
    }

    @Test
    void ranksThatDoNotShareTheHeadsEquallyAreRefused() {
        assertThatThrownBy(() -> TinyModels.toMegatron(original, folder.resolve("ranks"), 3))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("its 4 heads cannot be shared out equally among 3 ranks");
    }

    @Test
    void aCheckpointWithoutEveryRankIsRefused() throws IOException {
        Path ranks = folder.resolve("ranks");
        TinyModels.toMegatron(original, ranks, 2);
        Path first = ranks.resolve("iter_0000001/mp_rank_00");
        Files.move(first, ranks.resolve("iter_0000001/mp_rank_02"));
        requireRefusal(ranks, "rank 0 of 2 has no model_optim_rng.pt");
        Files.move(ranks.resolve("iter_0000001/mp_rank_02"), ranks.resolve("iter_0000001/mp_rank_00_001"));
        requireRefusal(ranks, "'mp_rank_00_001' is of a pipeline-parallel checkpoint");
        Files.writeString(ranks.resolve("latest_checkpointed_iteration.txt"), "../x");
        requireRefusal(ranks, "says '../x'");
        Files.writeString(ranks.resolve("latest_checkpointed_iteration.txt"), "2");
        requireRefusal(ranks, "there is no such folder");
    }

    @Test
    void ranksOfDifferentCheckpointsAreRefused() throws IOException {
        Path other = TinyModels.write(folder.resolve("other.safetensors"), shapes -> {}, (name, values) -> {
            if (name.equals("t_block.1.bias")) {
                values.put(5, 1);
            }
        });
        Path ranks = folder.resolve("ranks");
        TinyModels.toMegatron(original, ranks, 2);
        TinyModels.toMegatron(other, folder.resolve("others"), 2);
        String file = "iter_0000001/mp_rank_01/model_optim_rng.pt";
        Files.delete(ranks.resolve(file));
        Files.move(folder.resolve("others").resolve(file), ranks.resolve(file));
        requireRefusal(ranks, "rank 1 has another 'timestep_block.1.bias' than rank 0");
    }

    @Test
    void aRankWithOtherKeysIsRefusedByThem() throws IOException {
        Path ranks = folder.resolve("ranks");
        TinyModels.toMegatron(original, ranks, 2);
        Path file = ranks.resolve("iter_0000001/mp_rank_01/model_optim_rng.pt");
        try (TensorSource whole = TensorFiles.open(TinyModels.write(
                folder.resolve("one.safetensors"),
                shapes -> shapes.add(new ParameterShape("surplus", 3)),
                (n, v) -> {}))) {
            Files.delete(file);
            new TorchFileWriter(whole).write(file);
        }
        requireRefusal(ranks, "missing keys [context_embedder.drop_emb", "unexpected keys", "and 42 more]");
    }

    private void requireRefusal(Path ranks, String... parts) {
        assertThatThrownBy(() -> TinyModels.convert(
                        ranks, folder.resolve("back.safetensors"), ConvertModelRequest.Format.SAFETENSORS))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContainingAll(parts);
        assertThat(folder.resolve("back.safetensors")).doesNotExist();
    }

    private static TensorSource rank(Path ranks, int rank) {
        return TensorFiles.open(ranks.resolve("iter_0000001/mp_rank_0" + rank + "/model_optim_rng.pt"));
    }

    private static void requireCopied(TensorSource part, String name, TensorSource whole, String published) {
        assertThat(part.shape(name)).as(name).isEqualTo(whole.shape(published));
        assertThat(part.floats(name)).as(name).isEqualTo(whole.floats(published));
    }

    private static float[] row(float[] matrix, int row, int columns) {
        return Arrays.copyOfRange(matrix, row * columns, (row + 1) * columns);
    }
}
