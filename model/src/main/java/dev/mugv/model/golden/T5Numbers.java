package dev.mugv.model.golden;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import dev.mugv.model.text.T5Net;
import dev.mugv.model.text.T5Size;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * States of a T5-v1.1 encoder. Rows of padding are left out: this encoder works on packed captions, where no token sees any.
 */
record T5Numbers(SafetensorsFile file, TorchRuntime runtime) implements GoldenFile {
    @Override
    public void check(Consumer<TensorError> errors) {
        GoldenMetadata sizes = new GoldenMetadata(file);
        T5Size size = new T5Size(
                sizes.integer("vocab_size"),
                sizes.integer("d_model"),
                sizes.integer("num_heads"),
                sizes.integer("d_kv"),
                sizes.integer("d_ff"),
                sizes.integer("num_layers"),
                sizes.integer("relative_attention_num_buckets"),
                sizes.integer("relative_attention_max_distance"));
        try (T5Net net = T5Net.ofValues(runtime, size, values -> fill(values, size));
                NDManager scope = runtime.newScope()) {
            int length = (int) file.shape("input_ids").get(1);
            for (int b = 0; b < file.shape("input_ids").get(0); b++) {
                checkCaption(net, size, b, length, scope, errors);
            }
        }
    }

    /** The file's embedding is the formula's times sqrt(width / 3). */
    private static void fill(ParameterSet values, T5Size size) {
        WeightFormula.fill(values);
        values.get(T5Size.EMBEDDING).muli((float) Math.sqrt(size.width() / 3.0));
    }

    // The caption's place in the file is four numbers; a record for them would be read once, here.
    private void checkCaption(
            T5Net net, T5Size size, int caption, int length, NDManager scope, Consumer<TensorError> errors) {
        long[] mask = Arrays.copyOfRange(file.longs("attention_mask"), caption * length, (caption + 1) * length);
        int tokens = (int) Arrays.stream(mask).sum();
        long[] ids = Arrays.copyOfRange(file.longs("input_ids"), caption * length, caption * length + tokens);
        for (int layer = 0; layer < size.layers(); layer++) {
            String name = "act.block." + layer;
            int blocks = layer + 1;
            try (NDManager local = scope.newSubManager()) {
                float[] actual =
                        Autograd.unrecorded(() -> net.hidden(ids, blocks, local).toFloatArray());
                errors.accept(
                        TensorError.ofOutput(name + "[" + caption + "]", actual, rows(name, caption, length, tokens)));
            }
        }
        errors.accept(
                TensorError.ofOutput("out[" + caption + "]", net.states(ids), rows("out", caption, length, tokens)));
    }

    private float[] rows(String name, int caption, int length, int tokens) {
        int width = (int) file.shape(name).get(2);
        return Arrays.copyOfRange(file.floats(name), caption * length * width, (caption * length + tokens) * width);
    }
}
