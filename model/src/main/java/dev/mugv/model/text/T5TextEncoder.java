package dev.mugv.model.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The encoder of T5-v1.1 (mugv.md, section 3.2): its last hidden state. Safe for use by one thread at a time.
 *
 * <p>Texts are never padded, so no token ever sees padding.
 */
public final class T5TextEncoder implements TextEncoder {
    private static final Logger LOG = LoggerFactory.getLogger(T5TextEncoder.class);
    private static final int SEEDED_LAYERS = 2;
    private static final int SEEDED_HEAD_WIDTH = 16;
    private static final int BUCKETS = 32;
    private static final int MAX_DISTANCE = 128;

    private final NDManager scope;
    private final T5Size size;
    private final int maxTokens;
    private final TextTokenizer tokenizer;
    private final Supplier<String> identity;
    private final ParameterSet parameters;
    private final ScriptModule script;

    T5TextEncoder(
            TorchRuntime runtime, T5Size size, int maxTokens, TextTokenizer tokenizer, Supplier<String> identity) {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("expected at least 1 token, found " + maxTokens);
        }
        this.size = size;
        this.maxTokens = maxTokens;
        this.tokenizer = tokenizer;
        this.identity = identity;
        scope = runtime.newScope();
        parameters = ParameterSet.frozen(scope, size.shapes());
        script = ScriptArchive.ofResource(T5TextEncoder.class, "t5.py").load();
    }

    /**
     * The encoder of a Hugging Face folder.
     *
     * @param folder see {@link T5Folder}
     * @param maxTokens where a text is cut, its end token counted
     */
    public static T5TextEncoder open(TorchRuntime runtime, Path folder, int maxTokens) {
        T5Folder files = T5Folder.open(folder);
        TextTokenizer tokenizer = FolderTokenizer.open(runtime, files.tokenizer());
        T5TextEncoder encoder = new T5TextEncoder(
                runtime, files.size(), maxTokens, tokenizer, () -> cutAt(files.identity(), maxTokens));
        try {
            files.fill(encoder.parameters);
            return encoder;
        } catch (RuntimeException e) {
            encoder.close();
            throw e;
        }
    }

    /**
     * An encoder of token ids whose values come from a function instead of a folder; it has no tokenizer.
     *
     * @param values fills the parameters, which have Hugging Face's names
     */
    public static T5TextEncoder ofValues(TorchRuntime runtime, T5Size size, Consumer<ParameterSet> values) {
        T5TextEncoder encoder = new T5TextEncoder(runtime, size, Integer.MAX_VALUE, new NoTokenizer(), () -> {
            throw new IllegalStateException("this encoder was made without an identity");
        });
        values.accept(encoder.parameters);
        return encoder;
    }

    /**
     * A small encoder over bytes whose weights are drawn from a seed: it knows no language, but tells texts apart, so that a
     * pipeline can run whole where no T5 is at hand.
     *
     * @param width of the features
     */
    public static T5TextEncoder seeded(TorchRuntime runtime, int width, long seed, int maxTokens) {
        T5Size size = new T5Size(
                ByteTokenizer.VOCABULARY,
                width,
                Math.max(1, width / SEEDED_HEAD_WIDTH),
                SEEDED_HEAD_WIDTH,
                2 * width,
                SEEDED_LAYERS,
                BUCKETS,
                MAX_DISTANCE);
        T5TextEncoder encoder = new T5TextEncoder(
                runtime, size, maxTokens, new ByteTokenizer(), () -> seededIdentity(width, seed, maxTokens));
        encoder.draw(seed);
        return encoder;
    }

    /** The encoder that a configuration names: that of its folder, or the seeded one without a folder. */
    public static T5TextEncoder of(TorchRuntime runtime, TextConfiguration configuration) {
        return configuration
                .folder()
                .map(folder -> open(runtime, folder, configuration.maxTokens()))
                .orElseGet(
                        () -> seeded(runtime, configuration.width(), configuration.seed(), configuration.maxTokens()));
    }

    /** What {@link #identity} of a seeded encoder is, without making it. */
    public static String seededIdentity(int width, long seed, int maxTokens) {
        String weights =
                Sha256.of("t5-seeded-bytes-1 %d %d".formatted(width, seed).getBytes(StandardCharsets.UTF_8));
        return cutAt(weights, maxTokens);
    }

    /** Features depend on the weights and on where a text is cut. */
    private static String cutAt(String weights, int maxTokens) {
        return Sha256.of((weights + " " + maxTokens).getBytes(StandardCharsets.US_ASCII));
    }

    /** What {@link #identity} of a folder's encoder is, without loading it; reads all its files. */
    public static String folderIdentity(Path folder, int maxTokens) {
        return cutAt(T5Folder.open(folder).identity(), maxTokens);
    }

    @Override
    public TextFeatures encode(String text) {
        long[] whole = tokenizer.encode(text);
        long[] ids = whole;
        if (whole.length > maxTokens) {
            // As the published tokenizer cuts: the end token stays.
            ids = Arrays.copyOf(whole, maxTokens);
            ids[maxTokens - 1] = whole[whole.length - 1];
            LOG.warn(
                    "A caption of {} tokens was cut to {}: it begins '{}'.",
                    whole.length,
                    maxTokens,
                    text.substring(0, Math.min(40, text.length())));
        }
        return new TextFeatures(encode(ids), ids.length, whole.length);
    }

    @Override
    public int width() {
        return size.width();
    }

    @Override
    public String identity() {
        return identity.get();
    }

    @Override
    public void close() {
        tokenizer.close();
        script.close();
        scope.close();
    }

    ParameterSet parameters() {
        return parameters;
    }

    /** Last hidden state of these tokens, [tokens, width] row by row. */
    public float[] encode(long[] ids) {
        return Autograd.unrecorded(() -> {
            try (NDManager local = scope.newSubManager()) {
                NDArray hidden_SD = hidden(ids, size.layers(), local);
                return script.call("unit")
                        .with(hidden_SD)
                        .with(parameters.get(T5Size.FINAL_NORM))
                        .one(local)
                        .toFloatArray();
            }
        });
    }

    /** State behind the first blocks, [tokens, width]. */
    public NDArray hidden(long[] ids, int layers, NDManager local) {
        NDArray x_SD = script.call("embed")
                .with(EngineMemory.array(local, new Shape(ids.length), ids))
                .with(parameters.get(T5Size.EMBEDDING))
                .one(local);
        NDArray bias_1NSS = script.call("bias")
                .with(buckets(ids.length, local))
                .with(parameters.get(T5Size.BIAS))
                .one(local);
        for (int i = 0; i < layers; i++) {
            NDList weights = parameters.get(T5Size.blockNames(i));
            NDArray before = x_SD;
            x_SD = script.call("block")
                    .with(before)
                    .with(bias_1NSS)
                    .with(size.heads())
                    .with(weights)
                    .one(local);
            before.close();
        }
        return x_SD;
    }

    private NDArray buckets(int tokens, NDManager local) {
        long[] bucket_SS = IntStream.range(0, tokens * tokens)
                .mapToLong(i -> size.bucket(i % tokens - i / tokens))
                .toArray();
        return EngineMemory.array(local, new Shape(tokens, tokens), bucket_SS);
    }

    // Deviations as Hugging Face initialises T5: activations keep their size without a scaled attention.
    private void draw(long seed) {
        for (ParameterShape shape : parameters.shapes()) {
            FloatBuffer values = parameters.values(shape.name());
            boolean norm = shape.name().endsWith("norm.weight");
            if (!norm) {
                CounterNoise.of(seed, "t5-init", CounterNoise.counter(shape.name()))
                        .fillGaussian(values);
            }
            double deviation = deviation(shape);
            for (int i = 0; i < values.limit(); i++) {
                values.put(i, norm ? 1 : (float) (values.get(i) * deviation));
            }
        }
    }

    private double deviation(ParameterShape parameter) {
        if (parameter.name().equals(T5Size.EMBEDDING)) {
            return 1;
        }
        if (parameter.name().equals(T5Size.BIAS)) {
            return 1 / Math.sqrt(size.width());
        }
        double fanIn = parameter.shape().get(parameter.shape().dimension() - 1);
        boolean query = parameter.name().endsWith(".q.weight");
        return 1 / Math.sqrt(query ? fanIn * size.headWidth() : fanIn);
    }

    private static final class NoTokenizer implements TextTokenizer {
        @Override
        public long[] encode(String text) {
            throw new IllegalStateException("this encoder was made without a tokenizer");
        }

        @Override
        public void close() {}
    }
}
