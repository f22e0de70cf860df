package dev.mugv.model.text;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import java.nio.FloatBuffer;

/** Draws an encoder's weights with the deviations of Hugging Face's T5: activations keep their size without scaled scores. */
record SeededWeights(T5Size size, long seed) {
    void fill(ParameterSet parameters) {
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
}
