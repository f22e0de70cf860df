package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.flow.FlowTarget;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiffusionTransformerGoldenTest {
    private static final DitSize SIZE = new DitSize(144, 2, 64, 8);

    private final NDManager scope = TorchRuntime.start(1).newScope();

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dit-tiny-i2v", "dit-tiny-batch-odd"})
    void computesThePublishedModelsActivationsAndOutput(String name) {
        try (SafetensorsFile golden = Golden.open(name);
                ParameterSet parameters = ParameterSet.frozen(scope, DitParameters.shapes(SIZE));
                DiffusionTransformer model = new DiffusionTransformer(SIZE, parameters)) {
            WeightFormula.fill(parameters);
            GoldenBatch batch = GoldenBatch.of(golden, scope);
            DitInput input = batch.input(golden.array(scope, "x"));
            TokenLayout layout = TokenLayout.of(input, scope);
            DiffusionTransformer.Embedding embedding = model.embed(input, scope);
            NDArray tokens = embedding.tokens_BTD();
            Golden.requireClose("x_embedder", tokens.get(":, 1:-1"), golden.floats("act.x_embedder"), Golden.OUTPUT);
            Golden.requireClose(
                    "y_embedder",
                    embedding.text_SD(),
                    batch.packedText(golden.array(scope, "act.y_embedder")).toFloatArray(),
                    Golden.OUTPUT);
            for (int i = 0; i < SIZE.layers(); i++) {
                tokens = model.block(i, tokens, embedding, layout, scope);
                Golden.requireClose("block " + i, tokens, golden.floats("act.block." + i), Golden.OUTPUT);
            }
            Golden.requireClose("output", model.velocity(input, scope), golden.floats("out"), Golden.OUTPUT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dit-tiny-i2v", "dit-tiny-batch-odd"})
    void computesThePublishedLossAndGradients(String name) {
        try (SafetensorsFile golden = Golden.open(name);
                ParameterSet parameters = ParameterSet.trainable(scope, DitParameters.shapes(SIZE));
                DiffusionTransformer model = new DiffusionTransformer(SIZE, parameters);
                FlowMatching flow = new FlowMatching()) {
            WeightFormula.fill(parameters);
            GoldenBatch batch = GoldenBatch.of(golden, scope);
            NDArray latent = golden.array(scope, "x");
            NDArray noise = golden.array(scope, "noise");
            NDArray noisy = flow.noisy(latent, noise, batch.conditions(), scope);
            Golden.requireClose("noisy", noisy, golden.floats("noisy"), Golden.OUTPUT);

            FlowTarget target = new FlowTarget(latent, noise, batch.conditions());
            List<Double> weights = Collections.nCopies(batch.conditions().size(), 1.0);
            FlowMatching.Loss loss = Autograd.recorded(
                    () -> flow.loss(model.velocity(batch.input(noisy), scope), target, weights, scope));
            Autograd.backward(loss.mean());
            Golden.requireClose("loss", loss.mean(), golden.floats("loss"), Golden.OUTPUT);
            Golden.requireClose("sample losses", loss.sample_B(), golden.floats("loss_per_sample"), Golden.OUTPUT);
            requireGradients(parameters, golden);
        }
    }

    private static void requireGradients(ParameterSet parameters, SafetensorsFile golden) {
        parameters.shapes().forEach(shape -> {
            float[] gradient = Golden.floats(parameters.gradient(shape.name()));
            double norm = 0;
            for (float value : gradient) {
                norm += (double) value * value;
            }
            Golden.requireClose(
                    "norm of the gradient of " + shape.name(),
                    new float[] {(float) Math.sqrt(norm)},
                    golden.floats("gradnorm." + shape.name()),
                    Golden.GRADIENT);
            if (golden.names().contains("grad." + shape.name())) {
                Golden.requireClose(
                        "gradient of " + shape.name(),
                        gradient,
                        golden.floats("grad." + shape.name()),
                        Golden.GRADIENT);
            }
        });
        assertThat(golden.names().stream().filter(key -> key.startsWith("gradnorm.")))
                .hasSize(parameters.shapes().size());
    }

    @Test
    void imageLossesWeighLess() {
        try (SafetensorsFile golden = Golden.open("dit-tiny-batch-odd");
                FlowMatching flow = new FlowMatching()) {
            GoldenBatch batch = GoldenBatch.of(golden, scope);
            FlowTarget target =
                    new FlowTarget(golden.array(scope, "x"), golden.array(scope, "noise"), batch.conditions());
            NDArray velocity = golden.array(scope, "out");
            FlowMatching.Loss loss = flow.loss(velocity, target, List.of(1.0, FlowMatching.IMAGE_WEIGHT), scope);
            float[] samples = loss.sample_B().toFloatArray();
            assertThat(samples[0] > 0 && samples[1] > 0).isTrue();
            Golden.requireClose("mean", loss.mean(), new float[] {(samples[0] + samples[1] * 0.3f) / 2}, Golden.OUTPUT);
        }
    }
}
