package dev.mugv.model.golden;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitInput;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.dit.ForwardPass;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.flow.FlowTarget;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.WeightFormula;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Activations and output of the transformer, and loss and gradients of one rectified-flow training step. */
record DitNumbers(SafetensorsFile file, NDManager scope) implements GoldenFile {
    private static final String GRADIENT = "grad.";
    private static final String NORM = "gradnorm.";

    /** The size that a file's metadata names; captions are as long as the file's. */
    static DitSize size(SafetensorsFile file, String captions) {
        GoldenMetadata sizes = new GoldenMetadata(file);
        sizes.requireFixed("in_channels", Integer.toString(DitParameters.LATENT_CHANNELS));
        sizes.requireFixed("out_channels", Integer.toString(DitParameters.OUTPUT_CHANNELS));
        sizes.requireFixed("patch", "1,2,2");
        int width = sizes.integer("hidden_size");
        sizes.requireFixed("num_heads", Integer.toString(width / DitSize.HEAD_WIDTH));
        return new DitSize(width, sizes.integer("depth"), sizes.integer("text_channels"), (int)
                file.shape(captions).get(2));
    }

    @Override
    public void check(Consumer<TensorError> errors) {
        DitSize size = size(file, "y");
        checkActivations(size, errors);
        if (file.names().contains("noisy")) {
            checkTrainingStep(size, errors);
        }
    }

    private void checkActivations(DitSize size, Consumer<TensorError> errors) {
        try (NDManager local = scope.newSubManager();
                ParameterSet parameters = ParameterSet.frozen(local, DitParameters.shapes(size));
                DiffusionTransformer model = new DiffusionTransformer(size, parameters)) {
            WeightFormula.fill(parameters);
            DitBatch batch = DitBatch.of(file, local);
            DitInput input = batch.input(file.array(local, "x"));
            DiffusionTransformer.Activations found = model.activations(input, local);
            output(errors, "act.x_embedder", found.patches_BND());
            if (file.names().contains("act.y_embedder")) {
                NDArray text_SD = batch.packedText(file.array(local, "act.y_embedder"));
                errors.accept(
                        TensorError.ofOutput("act.y_embedder", found.text_SD().toFloatArray(), text_SD.toFloatArray()));
            }
            for (int i = 0; i < size.layers(); i++) {
                output(errors, "act.block." + i, found.block_BTD().get(i));
            }
            output(errors, "out", found.velocity_BCFHW());
            // The path that generation takes frees states on its way; it must be the same function.
            errors.accept(TensorError.ofOutput(
                    "out (states freed)", model.velocity(input, local).toFloatArray(), file.floats("out")));
        }
    }

    private void checkTrainingStep(DitSize size, Consumer<TensorError> errors) {
        try (NDManager local = scope.newSubManager();
                ParameterSet parameters = ParameterSet.trainable(local, DitParameters.shapes(size));
                DiffusionTransformer model = new DiffusionTransformer(size, parameters);
                FlowMatching flow = new FlowMatching()) {
            WeightFormula.fill(parameters);
            DitBatch batch = DitBatch.of(file, local);
            NDArray latent = file.array(local, "x");
            NDArray noise = file.array(local, "noise");
            NDArray noisy = flow.noisy(latent, noise, batch.conditions(), local);
            output(errors, "noisy", noisy);
            FlowTarget target = new FlowTarget(latent, noise, batch.conditions());
            List<Double> weights = Collections.nCopies(batch.conditions().size(), 1.0);
            try (ForwardPass pass = model.forward(batch.input(noisy), local)) {
                FlowMatching.Loss loss = flow.loss(pass.velocity(), target, weights, local);
                double[] gradient_B = weights.stream()
                        .mapToDouble(weight -> weight / weights.size())
                        .toArray();
                pass.backward(flow.gradient(loss, gradient_B, local));
                output(errors, "loss", loss.mean());
                output(errors, "loss_per_sample", loss.sample_B());
            }
            checkGradients(parameters, errors);
        }
    }

    private void checkGradients(ParameterSet parameters, Consumer<TensorError> errors) {
        TreeSet<String> unmatched = new TreeSet<>(file.names());
        unmatched.removeIf(name -> !name.startsWith(GRADIENT) && !name.startsWith(NORM));
        for (ParameterShape parameter : parameters.shapes()) {
            float[] gradient = values(parameters.gradient(parameter.name()));
            String norm = NORM + parameter.name();
            if (unmatched.remove(norm)) {
                errors.accept(TensorError.ofGradient(norm, new float[] {norm(gradient)}, file.floats(norm)));
            }
            String whole = GRADIENT + parameter.name();
            if (unmatched.remove(whole)) {
                errors.accept(TensorError.ofGradient(whole, gradient, file.floats(whole)));
            }
        }
        unmatched.forEach(name -> errors.accept(TensorError.refused(name + ": no such parameter")));
    }

    private void output(Consumer<TensorError> errors, String name, NDArray actual) {
        if (file.names().contains(name)) {
            errors.accept(TensorError.ofOutput(name, actual.toFloatArray(), file.floats(name)));
        }
    }

    private static float[] values(FloatBuffer buffer) {
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static float norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return (float) Math.sqrt(sum);
    }
}
