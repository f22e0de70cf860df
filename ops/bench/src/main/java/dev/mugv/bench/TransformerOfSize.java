package dev.mugv.bench;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Recomputation;
import dev.mugv.model.dit.Computation;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.dit.DitWeights;
import dev.mugv.model.dit.ModelRanks;
import dev.mugv.model.dit.ModelShare;
import dev.mugv.model.dit.TransformerPasses;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether a published size fits: loads a transformer from a file, computes a loss and its gradients, saves the weights, and prints
 * time and resident size after each: arguments size ({@code 1b}), folder, threads, then latent frames, height and width, the
 * caption's tokens, the precision ({@code fp32}) and the recomputation ({@code none}, {@code selective} or {@code block}). A folder without weights first gets seeded ones, and the program ends, so
 * that what wrote them is not counted.
 */
public final class TransformerOfSize {
    private TransformerOfSize() {}

    public static void main(String[] arguments) throws IOException {
        DitSize size = DitSize.named(arguments[0]).orElseThrow();
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        Path weights = folder.resolve(arguments[0] + ".safetensors");
        TorchRuntime runtime = TorchRuntime.start(Integer.parseInt(arguments[2]));
        try (NDManager scope = runtime.newScope()) {
            if (!Files.exists(weights)) {
                write(size, weights, scope);
                System.out.println("wrote " + weights + "; run this again to use it");
                return;
            }
            int frames = Integer.parseInt(arguments[3]);
            int height = Integer.parseInt(arguments[4]);
            int width = Integer.parseInt(arguments[5]);
            System.out.printf(
                    "%s, %s: %d tokens and a caption of %s%n",
                    runtime.description(), size, frames * height / 2 * width / 2 + 2, arguments[6]);
            Steps steps = new Steps();
            steps.ended("start");
            ParameterSet parameters = ParameterSet.trainable(scope, DitParameters.shapes(size));
            parameters.read(weights);
            steps.ended("load %.2f billion parameters".formatted(parameters.size() / 1e9));
            Shape latent = new Shape(1, DitParameters.LATENT_CHANNELS, frames, height, width);
            Computation computation = new Computation(
                    ComputePrecision.valueOf(arguments[7].toUpperCase(Locale.ROOT)),
                    Recomputation.valueOf((arguments.length > 8 ? arguments[8] : "none").toUpperCase(Locale.ROOT)));
            DiffusionTransformer model = new DiffusionTransformer(
                    ModelShare.whole(size), DitWeights.of(parameters), computation, ModelRanks.ALONE);
            try (TransformerPasses passes =
                    new TransformerPasses(scope, model, latent, Integer.parseInt(arguments[6]))) {
                float loss = passes.forwardAndBackward(scope);
                steps.ended("forward and backward, loss %.4f, gradient %s"
                        .formatted(loss, largest(parameters.gradientBuckets())));
                Path saved = folder.resolve(arguments[0] + "-saved.safetensors");
                parameters.write(saved, Map.of());
                steps.ended("save");
                System.out.println("files are equal: " + (Files.mismatch(weights, saved) < 0));
                Files.delete(saved);
            }
        }
    }

    private static void write(DitSize size, Path file, NDManager scope) {
        try (ParameterSet parameters = ParameterSet.frozen(scope, DitParameters.shapes(size))) {
            DitParameters.initialise(parameters, 1);
            parameters.write(file, Map.of());
        }
    }

    /** The largest magnitude, or what is not finite. */
    private static float largest(Iterable<java.nio.FloatBuffer> buckets) {
        float largest = 0;
        for (java.nio.FloatBuffer bucket : buckets) {
            while (bucket.hasRemaining()) {
                float value = Math.abs(bucket.get());
                if (!Float.isFinite(value)) {
                    return value;
                }
                largest = Math.max(largest, value);
            }
        }
        return largest;
    }

    /** Prints how long each step took and how much memory there is at its end. */
    private static final class Steps {
        private long started = System.nanoTime();

        void ended(String step) throws IOException {
            System.out.printf("%s: %.1f s, %s%n", step, (System.nanoTime() - started) / 1e9, memory());
            started = System.nanoTime();
        }

        private static String memory() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS") || line.startsWith("VmHWM") || line.startsWith("RssAnon"))
                    .map(line -> "%s %.2f GiB"
                            .formatted(
                                    line.substring(0, line.indexOf(':')),
                                    Long.parseLong(line.replaceAll("\\D", "")) / 1048576.0))
                    .collect(Collectors.joining(", "));
        }
    }
}
