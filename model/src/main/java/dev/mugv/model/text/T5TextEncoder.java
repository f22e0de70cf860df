package dev.mugv.model.text;

import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.WeightPrecision;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/** A tokenizer and the T5-v1.1 encoder behind it. Safe for use by one thread at a time. */
public final class T5TextEncoder implements TextEncoder {
    private static final int SEEDED_LAYERS = 2;
    private static final int SEEDED_HEAD_WIDTH = 16;
    private static final int BUCKETS = 32;
    private static final int MAX_DISTANCE = 128;

    private final T5Net net;
    private final TextTokenizer tokenizer;
    private final int maxTokens;
    private final Supplier<String> identity;

    /** An encoder that owns the net and the tokenizer. */
    private T5TextEncoder(T5Net net, TextTokenizer tokenizer, int maxTokens, Supplier<String> identity) {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("expected at least 1 token, found " + maxTokens);
        }
        this.net = net;
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        this.identity = identity;
    }

    /**
     * The encoder of a Hugging Face folder.
     *
     * @param folder see {@link T5Folder}
     * @param maxTokens where a text is cut, its end token counted
     * @param precision how the weights are held
     */
    public static T5TextEncoder open(TorchRuntime runtime, Path folder, int maxTokens, WeightPrecision precision) {
        T5Folder files = T5Folder.open(folder);
        TextTokenizer tokenizer = FolderTokenizer.open(runtime, files.tokenizer());
        try {
            return new T5TextEncoder(
                    T5Net.ofFolder(runtime, files, precision),
                    tokenizer,
                    maxTokens,
                    () -> folderIdentity(folder, maxTokens, precision));
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
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
        return new T5TextEncoder(
                T5Net.ofValues(runtime, size, new SeededWeights(size, seed)::fill),
                new ByteTokenizer(),
                maxTokens,
                () -> seededIdentity(width, seed, maxTokens));
    }

    /** The encoder that a configuration names: that of its folder, or the seeded one without a folder. */
    public static T5TextEncoder of(TorchRuntime runtime, TextConfiguration configuration) {
        return configuration
                .folder()
                .map(folder -> open(runtime, folder, configuration.maxTokens(), configuration.precision()))
                .orElseGet(
                        () -> seeded(runtime, configuration.width(), configuration.seed(), configuration.maxTokens()));
    }

    /** Width of the features of the encoder that a configuration names, without loading it; checks a folder's files. */
    public static int width(TextConfiguration configuration) {
        return configuration
                .folder()
                .map(folder -> {
                    T5Folder files = T5Folder.open(folder);
                    files.requireWhole();
                    return files.size().width();
                })
                .orElseGet(configuration::width);
    }

    /** What {@link #identity} of a configuration's encoder is, without loading it; reads all files of a folder. */
    public static String identity(TextConfiguration configuration) {
        return configuration
                .folder()
                .map(folder -> folderIdentity(folder, configuration.maxTokens(), configuration.precision()))
                .orElseGet(
                        () -> seededIdentity(configuration.width(), configuration.seed(), configuration.maxTokens()));
    }

    /** What {@link #identity} of a seeded encoder is, without making it. */
    public static String seededIdentity(int width, long seed, int maxTokens) {
        String weights =
                Sha256.of("t5-seeded-bytes-1 %d %d".formatted(width, seed).getBytes(StandardCharsets.UTF_8));
        return cutAt(weights, maxTokens);
    }

    /** What {@link #identity} of a folder's encoder is, without loading it; reads all its files. */
    public static String folderIdentity(Path folder, int maxTokens, WeightPrecision precision) {
        String weights = T5Folder.open(folder).identity();
        return cutAt(precision == WeightPrecision.FP32 ? weights : weights + " " + precision, maxTokens);
    }

    /** Features depend on the weights and on where a text is cut. */
    private static String cutAt(String weights, int maxTokens) {
        return Sha256.of((weights + " " + maxTokens).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public TextFeatures encode(String text) {
        long[] whole = tokenizer.encode(text);
        long[] ids = whole;
        if (whole.length > maxTokens) {
            // As the published tokenizer cuts: the end token stays.
            ids = Arrays.copyOf(whole, maxTokens);
            ids[maxTokens - 1] = whole[whole.length - 1];
        }
        return new TextFeatures(net.states(ids), ids.length, whole.length);
    }

    @Override
    public int width() {
        return net.size().width();
    }

    @Override
    public String identity() {
        return identity.get();
    }

    @Override
    public void close() {
        tokenizer.close();
        net.close();
    }

    T5Net net() {
        return net;
    }
}
