package dev.mugv.model.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gradients of the losses in fp64 against differences, and what the losses are. */
class VaeLossesTest {
    private static final Shape PIXEL_NCHW = new Shape(4, 3, 8, 8);
    private static final Shape PIXEL_BCFHW = new Shape(1, 3, 4, 8, 8);
    /** A central difference errs by a share of its step squared, here 1e-10, and by 1e-16 over the step. */
    private static final double STEP = 1e-5;

    private static final double TOLERANCE = 1e-7;

    @TempDir
    Path folder;

    private final NDManager scope = TorchRuntime.start(1).newScope();
    private final ScriptModule script =
            ScriptArchive.ofResource(VaeObjective.class, "vae_losses.py").load();

    @AfterEach
    void free() {
        script.close();
        scope.close();
    }

    @Test
    void theGradientOfTheWeightedReconstructionIsThatOfDifferences() {
        NDArray pixel = gaussian("pixel", PIXEL_NCHW);
        NDArray decoded = gaussian("decoded", PIXEL_NCHW);
        NDArray saliency = saliency(decoded);
        requireGradient(
                decoded,
                leaf -> script.call("reconstruction")
                        .with(pixel)
                        .with(leaf)
                        .with(saliency)
                        .with(0.7)
                        .with(1.3)
                        .one(scope)
                        .get(0));
    }

    @Test
    void theGradientOfTheDivergenceIsThatOfDifferences() {
        NDArray moments = gaussian("moments", new Shape(2, 48, 1, 2, 2));
        requireGradient(moments, leaf -> script.call("divergence").with(leaf).one(scope));
    }

    @Test
    void theGradientsOfTheDiscriminatorAreThoseOfDifferences() {
        NDArray real = gaussian("real", PIXEL_BCFHW);
        NDArray decoded = gaussian("decoded", PIXEL_BCFHW);
        List<NDArray> weights = discriminator();
        for (int i = 0; i < weights.size(); i++) {
            int place = i;
            requireGradient(weights.get(i), leaf -> {
                NDList all = new NDList(weights);
                all.set(place, leaf);
                return script.call("hinge")
                        .with(script.call("logits").with(real).with(all).one(scope))
                        .with(script.call("logits").with(decoded).with(all).one(scope))
                        .one(scope)
                        .get(0);
            });
        }
        requireGradient(
                decoded,
                leaf -> script.call("logits")
                        .with(leaf)
                        .with(new NDList(weights))
                        .one(scope)
                        .mean()
                        .neg());
    }

    @Test
    void theHingeLossIsHalfOfWhatBothSidesFallShortOfOne() {
        NDArray real = scope.create(new double[] {2, 0.5, -1}, new Shape(3));
        NDArray decoded = scope.create(new double[] {-3, -0.5, 1}, new Shape(3));
        double[] hinge =
                script.call("hinge").with(real).with(decoded).one(scope).toDoubleArray();
        assertThat(hinge[0]).isCloseTo((0 + 0.5 + 2) / 6 + (0 + 0.5 + 2) / 6, within(1e-12));
        assertThat(hinge[1]).isCloseTo(0.5, within(1e-12));
        assertThat(hinge[2]).isCloseTo(-2.5 / 3, within(1e-12));
    }

    @Test
    void saliencyIsTheChangeOfTheLaplacianAndOneOverAStillClip() {
        double[] still = saliency(scope.ones(PIXEL_NCHW, DataType.FLOAT64)).toDoubleArray();
        for (double weight : still) {
            assertThat(weight).isCloseTo(1, within(1e-12));
        }

        // One pixel of the third of four frames is lit: its Laplacian is -4 there and 1 at its four neighbours, in all
        // colours.
        NDArray lit = scope.zeros(PIXEL_NCHW, DataType.FLOAT64);
        lit.set(new NDIndex("2,:,4,4"), 1.0);
        double[] found = saliency(lit).toDoubleArray();
        double[] expected = new double[4 * 64];
        for (int frame : new int[] {1, 2, 3}) {
            // The last frame takes the weights of the one before, in which the light goes out.
            expected[frame * 64 + 4 * 8 + 4] = 4;
            for (int place : new int[] {3 * 8 + 4, 5 * 8 + 4, 4 * 8 + 3, 4 * 8 + 5}) {
                expected[frame * 64 + place] = 1;
            }
        }
        double mean = (3 * 8 + 256 * 0.001) / 256;
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo((expected[i] + 0.001) / mean, within(1e-9));
        }
    }

    @Test
    void aPerceptualNetworkGivesMeanDistancesAndTheirGradient() {
        NDArray pixel = gaussian("pixel", new Shape(6, 3, 8, 8)).toType(DataType.FLOAT32, false);
        NDArray other = gaussian("other", new Shape(6, 3, 8, 8)).toType(DataType.FLOAT32, false);
        try (PerceptualNetwork network =
                PerceptualNetwork.open(SeededPerceptualNetwork.write(folder.resolve("net.pt")))) {
            assertThat(network.mean(pixel, pixel)).isZero();
            NDArray leaf = Autograd.leaf(other);
            double distance = network.addGradient(pixel, leaf, 2);
            assertThat(distance).isEqualTo(network.mean(pixel, other)).isPositive();
            float[] gradient = leaf.getGradient().toFloatArray();
            NDArray direction = leaf.getGradient();
            // Along the gradient the weighted distance grows by its length squared; fp32 leaves three digits of that.
            float step = 1e-2f;
            double rise = 2
                    * (network.mean(pixel, other.add(direction.mul(step)))
                            - network.mean(pixel, other.sub(direction.mul(step))))
                    / (2 * step);
            double squared = 0;
            for (float each : gradient) {
                squared += (double) each * each;
            }
            assertThat(rise).isCloseTo(squared, within(5e-3 * squared));
        }
    }

    @Test
    void aNetworkOfOtherInputsOrResultsIsRefused() {
        Path wrong = folder.resolve("wrong.pt");
        new ScriptArchive("wrong", """
            def forward(self, one: Tensor, other: Tensor) -> Tensor:
              return torch.conv2d(torch.sub(one, other), torch.ones([1, 5, 1, 1]))
            """).write(wrong);
        Path maps = folder.resolve("maps.pt");
        new ScriptArchive(
                        "maps",
                        "def forward(self, one: Tensor, other: Tensor) -> Tensor:\n  return torch.sub(one, other)\n")
                .write(maps);
        NDArray pictures = scope.zeros(new Shape(2, 3, 8, 8));
        try (PerceptualNetwork network = PerceptualNetwork.open(wrong);
                PerceptualNetwork other = PerceptualNetwork.open(maps)) {
            assertThatThrownBy(() -> network.mean(pictures, pictures))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageStartingWith("Cannot use perceptual network '" + wrong + "': it fails on two batches");
            assertThatThrownBy(() -> other.mean(pictures, pictures))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageContaining("expected 2 distances for 2 pictures, found shape (2, 3, 8, 8)");
        }
    }

    private NDArray saliency(NDArray pixel) {
        return script.call("saliency").with(pixel).with(4L).one(scope);
    }

    private List<NDArray> discriminator() {
        long[][] shapes = {{8, 3, 3, 4, 4}, {8}, {16, 8, 3, 4, 4}, {16}, {16}, {16}, {1, 16, 3, 3, 3}, {1}};
        List<NDArray> weights = new ArrayList<>();
        for (int i = 0; i < shapes.length; i++) {
            weights.add(gaussian("weight-" + i, new Shape(shapes[i])).mul(0.3));
        }
        return weights;
    }

    /** Along one drawn direction: the derivative is the product of gradient and direction. */
    private void requireGradient(NDArray at, Function<NDArray, NDArray> function) {
        NDArray direction = gaussian("direction", at.getShape());
        NDArray leaf = Autograd.leaf(at);
        Autograd.backward(Autograd.recorded(() -> function.apply(leaf)));
        double expected = leaf.getGradient().mul(direction).sum().getDouble();
        double difference = (function.apply(at.add(direction.mul(STEP))).getDouble()
                        - function.apply(at.sub(direction.mul(STEP))).getDouble())
                / (2 * STEP);
        assertThat(difference).isCloseTo(expected, within(TOLERANCE * Math.max(1, Math.abs(expected))));
        assertThat(Math.abs(expected)).isGreaterThan(1e-6);
    }

    private NDArray gaussian(String purpose, Shape shape) {
        CounterNoise noise = CounterNoise.of(5, purpose);
        double[] values = new double[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = noise.gaussian(i);
        }
        return scope.create(values, shape);
    }
}
