package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransformerMemoryTest {
    private static final DitSize TINY = new DitSize(72, 1, 8, 4);
    private static final Shape LATENT = new Shape(2, 24, 2, 2, 2);

    @Test
    void fifteenHundredPassesLeaveNoArraysAndNoMemoryBehind() throws IOException {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                TransformerPasses passes = new TransformerPasses(scope, TINY, LATENT, 2, 4)) {
            NDManager parameterScope = passes.parameters().get("start_token").getManager();
            // The first passes make the tables that later ones share.
            run(passes, scope, 200);
            int parameterArrays = parameterScope.getManagedArrays().size();
            int arrays = scope.getManagedArrays().size();
            long kibibytes = residentKibibytes();
            run(passes, scope, 1300);
            assertThat(scope.getManagedArrays()).hasSize(arrays);
            assertThat(parameterScope.getManagedArrays()).hasSize(parameterArrays);
            // A pass's gradients alone are 0.4 MB: were they kept, this would be 500 MB. The rest is room for Java's
            // heap.
            assertThat(residentKibibytes() - kibibytes).isLessThan(160 * 1024);
        }
    }

    @Test
    void equalPassesGiveEqualBits() {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                TransformerPasses one = new TransformerPasses(scope, TINY, LATENT, 2, 4);
                TransformerPasses other = new TransformerPasses(scope, TINY, LATENT, 2, 4)) {
            one.forwardAndBackward(scope);
            one.parameters().zeroGradients();
            float loss = one.forwardAndBackward(scope);
            assertThat(loss == other.forwardAndBackward(scope)).isTrue();
            assertThat(one.parameters().gradientBuckets())
                    .isEqualTo(other.parameters().gradientBuckets());
        }
    }

    private static void run(TransformerPasses passes, NDManager scope, int count) {
        for (int i = 0; i < count; i++) {
            passes.parameters().zeroGradients();
            passes.forwardAndBackward(scope);
        }
    }

    private static long residentKibibytes() throws IOException {
        // What Java's own heap has grown by is given back to the system first.
        System.gc();
        List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
        return lines.stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
