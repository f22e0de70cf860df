package dev.mugv.bench;

import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.archive.TorchFileWriter;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Writes a transformer of a published size with numbers drawn from a seed as a {@code .pt} file, for measuring what conversions
 * cost: arguments size ({@code 1b}), type ({@code BF16}), file.
 */
public final class StateDictOfSize {
    private StateDictOfSize() {}

    public static void main(String[] arguments) {
        DitSize size = DitSize.named(arguments[0]).orElseThrow();
        try (Drawn drawn = new Drawn(size, ElementType.valueOf(arguments[1]), Path.of(arguments[2]))) {
            new TorchFileWriter(drawn).write(drawn.path());
        }
    }

    /** Every element a function of its tensor's name and its index. */
    private static final class Drawn implements TensorSource {
        private final Map<String, Shape> shapes = new LinkedHashMap<>();
        private final ElementType type;
        private final Path path;

        Drawn(DitSize size, ElementType type, Path path) {
            for (ParameterShape parameter : DitParameters.shapes(size)) {
                shapes.put(parameter.name(), parameter.shape());
            }
            this.type = type;
            this.path = path;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public Set<String> names() {
            return shapes.keySet();
        }

        @Override
        public Shape shape(String name) {
            return shapes.getOrDefault(name, new Shape(0));
        }

        @Override
        public ElementType type(String name) {
            return type;
        }

        @Override
        public void copy(String name, long first, ByteBuffer target) {
            CounterNoise noise = CounterNoise.of(1, "state-dict", CounterNoise.counter(name));
            for (long element = first; target.hasRemaining(); element++) {
                type.putReal(target, (float) (noise.uniform(element) - 0.5));
            }
        }

        @Override
        public void close() {}
    }
}
