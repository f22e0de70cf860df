package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.BiasedGelu;
import dev.mugv.kernels.operation.GatedResidual;
import dev.mugv.kernels.operation.HeadGrid;
import dev.mugv.kernels.operation.KernelDevice;
import dev.mugv.kernels.operation.ModulatedNorm;
import dev.mugv.kernels.operation.Modulation;
import dev.mugv.kernels.operation.RotaryNorm;
import dev.mugv.kernels.operation.TokenGrid;
import dev.mugv.kernels.reference.ReferenceDevice;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The middle link of the chain of proof: the engine's operations, and its recorded gradients, against the kernels' Java reference in
 * fp64. In bf16 as the blocks take it: what goes into and comes out of products is rounded, what is between is fp32.
 */
class KernelOperationsTest {
    private static final String SOURCE = """
            def rounded(self, x: Tensor, narrow: bool) -> Tensor:
              if narrow:
                x = torch.to(torch.to(x, 15), 6)
              return x

            def gated(self, v: List[Tensor], clean_BT1: Tensor, narrow: bool) -> Tensor:
              residual, branch, bias, modulation = v
              shift, scale, gate = torch.chunk(self.rows(modulation, clean_BT1), 3, 2)
              return residual + gate * ((self.rounded(branch, narrow) + bias) * scale + shift)

            def norm(self, v: List[Tensor], clean_BT1: Tensor, narrow: bool) -> Tensor:
              x, modulation = v
              shift, scale = torch.chunk(self.rows(modulation, clean_BT1), 2, 2)
              return self.rounded(torch.layer_norm(x, [x.size(2)], None, None, 1e-6) * scale + shift, narrow)

            def rows(self, modulation_B2M: Tensor, clean_BT1: Tensor) -> Tensor:
              noisy, clean = torch.chunk(modulation_B2M, 2, 1)
              return noisy * (1 - clean_BT1) + clean * clean_BT1

            def gelu(self, v: List[Tensor], unused: Tensor, narrow: bool) -> Tensor:
              x, bias = v
              return self.rounded(torch.gelu(self.rounded(x, narrow) + bias, approximate="tanh"), narrow)

            def rotary(self, v: List[Tensor], rope_BTP2: Tensor, narrow: bool) -> Tensor:
              qkv_BT3NK, weight_JK = v
              k = weight_JK.size(1)
              x_BTJNK = self.rounded(torch.narrow(qkv_BT3NK, 2, 0, 2), narrow)
              r = torch.rsqrt(torch.mean(x_BTJNK * x_BTJNK, [-1], True) + 1e-6)
              y = x_BTJNK * r * torch.view(weight_JK, [1, 1, 2, 1, k])
              pairs = torch.view_as_complex(torch.reshape(y, [y.size(0), y.size(1), 2, y.size(3), k // 2, 2]))
              turn = torch.view(torch.view_as_complex(rope_BTP2), [y.size(0), y.size(1), 1, 1, k // 2])
              out = torch.flatten(torch.view_as_real(pairs * turn), -2)
              return self.rounded(torch.contiguous(torch.permute(out, [2, 0, 3, 1, 4])), narrow)
            """;

    private static final double EPSILON = 1e-6;
    /** The engine sums rows of 250 and columns of 99 in fp32 in orders of its own. */
    private static final double FP32_UNITS = 48;
    /** The rounding at the end, and what fp32 leaves. */
    private static final double BF16_UNITS = 0.51;

    private static final TokenGrid TOKENS = new TokenGrid(3, 33, 250);
    private static final HeadGrid HEADS = new HeadGrid(2, 17, 3, 72);
    private static final int POSITIONS = 11;

    private final TorchRuntime runtime = TorchRuntime.start(1);
    private final KernelDevice reference = new ReferenceDevice(1);

    /** In what products take and give activations. */
    private enum Products {
        FP32,
        BF16
    }

    /** A method of the script, its variables with their shapes, and what of variables' gradients and {@code out} is rounded in bf16. */
    private record Engine(String method, Map<String, long[]> variables, List<String> narrow) {}

    @ParameterizedTest
    @EnumSource(Products.class)
    void gatedResidual(Products products) {
        long b = TOKENS.samples();
        long t = TOKENS.tokens();
        long d = TOKENS.width();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("residual", new long[] {b, t, d});
        shapes.put("branch", new long[] {b, t, d});
        shapes.put("bias", new long[] {d});
        shapes.put("modulation", new long[] {b, 2, 3 * d});
        Map<String, HostElements> in = inputs(shapes, products, List.of("branch"));
        HostElements clean = clean();
        HostElements dout = gaussian("dout", TOKENS.elements(), Products.FP32);
        Map<String, HostElements> exact = new LinkedHashMap<>(zeros(shapes));
        HostElements out = wide(TOKENS.elements());
        GatedResidual.Branch branch = new GatedResidual.Branch(
                TOKENS,
                in.get("branch"),
                in.get("bias"),
                new Modulation(in.get("modulation"), clean, 3 * TOKENS.width()),
                GatedResidual.Vectors.SHIFT_SCALE_GATE);
        reference.gatedResidual().forward(new GatedResidual.Forward(branch, in.get("residual"), out));
        reference
                .gatedResidual()
                .backward(new GatedResidual.Backward(
                        branch, dout, exact.get("branch"), exact.get("bias"), exact.get("modulation")));
        exact.put("residual", dout);
        Engine engine = new Engine("gated", shapes, List.of("branch"));
        compare(engine, products, in, flags(clean), dout, out, exact);
    }

    @ParameterizedTest
    @EnumSource(Products.class)
    void modulatedNorm(Products products) {
        long b = TOKENS.samples();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("x", new long[] {b, TOKENS.tokens(), TOKENS.width()});
        shapes.put("modulation", new long[] {b, 2, 2L * TOKENS.width()});
        Map<String, HostElements> in = inputs(shapes, products, List.of());
        HostElements clean = clean();
        HostElements dout = gaussian("dout", TOKENS.elements(), products);
        Map<String, HostElements> exact = zeros(shapes);
        HostElements out = wide(TOKENS.elements());
        ModulatedNorm.Input input = new ModulatedNorm.Input(
                TOKENS, in.get("x"), new Modulation(in.get("modulation"), clean, 2 * TOKENS.width()));
        ModulatedNorm.Moments moments = new ModulatedNorm.Moments(wide(TOKENS.rows()), wide(TOKENS.rows()));
        reference.modulatedNorm().forward(new ModulatedNorm.Forward(input, EPSILON, out, moments));
        reference
                .modulatedNorm()
                .backward(new ModulatedNorm.Backward(input, moments, dout, exact.get("x"), exact.get("modulation")));
        compare(new Engine("norm", shapes, List.of("out")), products, in, flags(clean), dout, out, exact);
    }

    @ParameterizedTest
    @EnumSource(Products.class)
    void biasedGelu(Products products) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("x", new long[] {TOKENS.rows(), TOKENS.width()});
        shapes.put("bias", new long[] {TOKENS.width()});
        Map<String, HostElements> in = inputs(shapes, products, List.of("x"));
        HostElements dout = gaussian("dout", TOKENS.elements(), products);
        Map<String, HostElements> exact = zeros(shapes);
        HostElements out = wide(TOKENS.elements());
        BiasedGelu.Input input = new BiasedGelu.Input(TOKENS.rows(), TOKENS.width(), in.get("x"), in.get("bias"));
        reference.biasedGelu().forward(new BiasedGelu.Forward(input, out));
        reference.biasedGelu().backward(new BiasedGelu.Backward(input, dout, exact.get("x"), exact.get("bias")));
        Engine engine = new Engine("gelu", shapes, List.of("x", "out"));
        compare(engine, products, in, new Flags(new float[] {0}, new long[] {1}), dout, out, exact);
    }

    @ParameterizedTest
    @EnumSource(Products.class)
    void rotaryNorm(Products products) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("qkv", new long[] {HEADS.samples(), HEADS.tokens(), 3, HEADS.heads(), HEADS.width()});
        shapes.put("weight", new long[] {2, HEADS.width()});
        Map<String, HostElements> in = inputs(shapes, products, List.of("qkv"));
        HostElements dout = gaussian("dout", 2 * HEADS.elements(), products);
        Map<String, HostElements> exact = zeros(shapes);
        HostElements out = wide(2 * HEADS.elements());
        HostElements position = HostElements.allocate(ElementFormat.INT32, 3 * HEADS.rows());
        HostElements angles = wide(2L * POSITIONS * HEADS.pairsOfAxis());
        int pairs = HEADS.pairsOfAxis();
        for (int i = 0; i < POSITIONS * pairs; i++) {
            angles.set(2 * i, (float) Math.cos(i / pairs * Math.pow(10_000, -(i % pairs) / 12.0)));
            angles.set(2 * i + 1, (float) Math.sin(i / pairs * Math.pow(10_000, -(i % pairs) / 12.0)));
        }
        for (int i = 0; i < position.count(); i++) {
            position.set(i, CounterNoise.of(1, "position").below(POSITIONS, i));
        }
        RotaryNorm.Heads heads =
                new RotaryNorm.Heads(HEADS, in.get("qkv"), in.get("weight"), new RotaryNorm.Rotation(position, angles));
        HostElements rstd = wide(2 * HEADS.rows() * HEADS.heads());
        reference.rotaryNorm().forward(new RotaryNorm.Forward(heads, EPSILON, out, rstd));
        reference
                .rotaryNorm()
                .backward(new RotaryNorm.Backward(heads, rstd, dout, exact.get("qkv"), exact.get("weight")));
        Engine engine = new Engine("rotary", shapes, List.of("qkv", "out"));
        compare(engine, products, in, rope(position, angles), dout, out, exact);
    }

    /** What a script takes beside its variables. */
    private record Flags(float[] values, long[] shape) {}

    /** The turn of every token's pairs: a third by each axis. */
    private static Flags rope(HostElements position, HostElements angles) {
        int pairs = HEADS.pairsOfAxis();
        float[] rope = new float[(int) HEADS.rows() * HEADS.width()];
        for (int row = 0; row < HEADS.rows(); row++) {
            for (int pair = 0; pair < 3 * pairs; pair++) {
                int angle = ((int) position.get(3 * row + pair / pairs) * pairs + pair % pairs) * 2;
                rope[row * HEADS.width() + 2 * pair] = (float) angles.get(angle);
                rope[row * HEADS.width() + 2 * pair + 1] = (float) angles.get(angle + 1);
            }
        }
        return new Flags(rope, new long[] {HEADS.samples(), HEADS.tokens(), 3L * pairs, 2});
    }

    private static Flags flags(HostElements clean) {
        float[] values = new float[(int) clean.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) clean.get(i);
        }
        return new Flags(values, new long[] {TOKENS.samples(), TOKENS.tokens(), 1});
    }

    // Seven parameters: both sides of a comparison.
    private void compare(
            Engine engine,
            Products products,
            Map<String, HostElements> in,
            Flags flags,
            HostElements dout,
            HostElements out,
            Map<String, HostElements> exact) {
        List<ParameterShape> shapes = new ArrayList<>();
        engine.variables().forEach((name, shape) -> shapes.add(new ParameterShape(name, shape)));
        try (NDManager scope = runtime.newScope();
                ScriptModule module = new ScriptArchive("operations", SOURCE).load();
                ParameterSet parameters = ParameterSet.trainable(scope, shapes)) {
            in.forEach((name, values) -> put(values, parameters.values(name)));
            NDArray other = EngineMemory.array(scope, new Shape(flags.shape()), flags.values());
            NDArray found = Autograd.recorded(() -> module.call(engine.method())
                    .with(parameters.get(List.copyOf(engine.variables().keySet())))
                    .with(other)
                    .with(products == Products.BF16)
                    .one(scope));
            float[] gradient = new float[(int) dout.count()];
            put(dout, FloatBuffer.wrap(gradient));
            Autograd.backward(found, EngineMemory.array(scope, found.getShape(), gradient));
            require("out", EngineMemory.floats(found), out, unit(engine, products, "out"));
            exact.forEach(
                    (name, values) -> require(name, parameters.gradient(name), values, unit(engine, products, name)));
        }
    }

    private static Products unit(Engine engine, Products products, String name) {
        return engine.narrow().contains(name) ? products : Products.FP32;
    }

    private static void require(String name, FloatBuffer found, HostElements exact, Products format) {
        double squares = 0;
        for (int i = 0; i < exact.count(); i++) {
            squares += exact.get(i) * exact.get(i) / exact.count();
        }
        double largest = 0;
        for (int i = 0; i < exact.count(); i++) {
            double unit = Math.ulp((float) Math.max(Math.abs(exact.get(i)), Math.sqrt(squares)));
            double error = Math.abs(found.get(i) - exact.get(i)) / (format == Products.BF16 ? unit * 0x1p16 : unit);
            largest = Double.isFinite(error) ? Math.max(largest, error) : Double.POSITIVE_INFINITY;
        }
        assertThat(largest)
                .as("error of '%s' in units of the last place of %s", name, format)
                .isLessThanOrEqualTo(format == Products.BF16 ? BF16_UNITS : FP32_UNITS);
    }

    private static Map<String, HostElements> inputs(
            Map<String, long[]> shapes, Products products, List<String> narrow) {
        Map<String, HostElements> in = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> in.put(
                name, gaussian(name, new Shape(shape).size(), narrow.contains(name) ? products : Products.FP32)));
        return in;
    }

    private static Map<String, HostElements> zeros(Map<String, long[]> shapes) {
        Map<String, HostElements> zeros = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> zeros.put(name, wide(new Shape(shape).size())));
        return zeros;
    }

    private static HostElements wide(long count) {
        return HostElements.allocate(ElementFormat.FP64, count);
    }

    private static HostElements clean() {
        HostElements clean = HostElements.allocate(ElementFormat.UINT8, TOKENS.rows());
        for (int i = 0; i < clean.count(); i++) {
            clean.set(i, CounterNoise.of(1, "clean").below(2, i));
        }
        return clean;
    }

    /** In fp64, of numbers that the format has. */
    private static HostElements gaussian(String name, long count, Products format) {
        HostElements narrow =
                HostElements.allocate(format == Products.BF16 ? ElementFormat.BF16 : ElementFormat.FP32, count);
        HostElements values = wide(count);
        CounterNoise noise = CounterNoise.of(31, name);
        for (int i = 0; i < count; i++) {
            narrow.set(i, noise.gaussian(i));
            values.set(i, narrow.get(i));
        }
        return values;
    }

    private static void put(HostElements from, FloatBuffer to) {
        for (int i = 0; i < from.count(); i++) {
            to.put(i, (float) from.get(i));
        }
    }
}
