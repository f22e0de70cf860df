package dev.mugv.model.golden;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.flow.EulerSampler;
import dev.mugv.model.flow.SamplingRequest;
import dev.mugv.model.flow.TimestepShift;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.WeightFormula;
import java.util.Set;
import java.util.function.Consumer;

/** Shifted timesteps and result of the guided Euler sampler with its first frame conditioned. */
record SamplerNumbers(SafetensorsFile file, NDManager scope) implements GoldenFile {
    @Override
    public void check(Consumer<TensorError> errors) {
        GoldenMetadata sizes = new GoldenMetadata(file);
        DitSize size = DitNumbers.size(file, "y_cond");
        try (NDManager local = scope.newSubManager();
                ParameterSet parameters = ParameterSet.frozen(local, DitParameters.shapes(size));
                DiffusionTransformer model = new DiffusionTransformer(size, parameters);
                EulerSampler sampler = new EulerSampler(model, sizes.integer("steps"), sizes.decimal("cfg"))) {
            WeightFormula.fill(parameters);
            SamplingRequest request = request(sizes, local);
            float[] timesteps = new float[sizes.integer("steps")];
            for (int i = 0; i < timesteps.length; i++) {
                timesteps[i] = (float) (sampler.timestep(i, request.shift()) * DitCondition.PURE_NOISE);
            }
            errors.accept(TensorError.ofOutput("timesteps", timesteps, file.floats("timesteps")));
            errors.accept(
                    TensorError.ofOutput("out", sampler.sample(request, local).toFloatArray(), file.floats("out")));
        }
    }

    private SamplingRequest request(GoldenMetadata sizes, NDManager local) {
        long[] lengths = file.longs("text_lengths");
        NDArray latent_BCFHW = file.array(local, "z");
        int frames = (int) latent_BCFHW.getShape().get(2);
        return new SamplingRequest(
                latent_BCFHW,
                file.array(local, "randn.0"),
                Set.of(0),
                file.array(local, "y_cond").get("0, 0, 0:" + lengths[0]),
                file.array(local, "y_neg").get("0, 0, 0:" + lengths[1]),
                DitCondition.consecutive(frames),
                sizes.decimal("fps"),
                TimestepShift.of(sizes.integer("height_px"), sizes.integer("width_px"), frames),
                0);
    }
}
