package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.config.AdversarialTraining;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.train.CarriedParameters;
import dev.mugv.model.train.CarriedState;
import dev.mugv.model.train.LearningRateSchedule;
import dev.mugv.model.train.OptimizerState;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells decoded clips from real ones, patch by patch in space and time ({@code vae_losses.py}: {@code logits}), and learns it by the
 * hinge loss with an optimizer of its own. The published system says of its adversarial loss only that there is one, late and small
 * (mugv.md, section 2.6); these nets are the usual ones of video auto-encoders.
 */
final class Discriminator implements AutoCloseable {
    private static final double DEVIATION = 0.02;
    private static final int MOST_WIDER = 8;

    private final AdversarialTraining training;
    private final LearningRateSchedule schedule;
    private final ScriptModule script;
    private final ParameterSet parameters;
    private final OptimizerState optimizer;
    private final NDList weights;
    private final NDList fixed;

    /**
     * @param updates of the whole training
     * @param script {@code vae_losses.py}; stays the caller's
     */
    Discriminator(AdversarialTraining training, int updates, long seed, ScriptModule script, NDManager scope) {
        this.training = training;
        this.script = script;
        schedule = new LearningRateSchedule(training.optimizer(), updates - training.from() + 1);
        List<ParameterShape> shapes = shapes(training);
        parameters = ParameterSet.trainable(scope, shapes);
        draw(parameters, seed);
        optimizer = new OptimizerState(scope, parameters, training.optimizer());
        weights = parameters.get(shapes.stream().map(ParameterShape::name).toList());
        fixed = new NDList(weights.stream().map(NDArray::stopGradient).toList());
    }

    private static List<ParameterShape> shapes(AdversarialTraining training) {
        List<ParameterShape> shapes = new ArrayList<>();
        long in = 3;
        for (int layer = 0; layer < training.layers(); layer++) {
            long out = (long) training.width() * Math.min(1 << layer, MOST_WIDER);
            String name = "layers." + layer;
            shapes.add(new ParameterShape(name + ".conv.weight", out, in, 3, 4, 4));
            shapes.add(new ParameterShape(name + ".conv.bias", out));
            if (layer > 0) {
                shapes.add(new ParameterShape(name + ".norm.weight", out));
                shapes.add(new ParameterShape(name + ".norm.bias", out));
            }
            in = out;
        }
        shapes.add(new ParameterShape("head.weight", 1, in, 3, 3, 3));
        shapes.add(new ParameterShape("head.bias", 1));
        return shapes;
    }

    private static void draw(ParameterSet parameters, long seed) {
        for (ParameterShape shape : parameters.shapes()) {
            FloatBuffer values = parameters.values(shape.name());
            boolean drawn = shape.shape().dimension() > 1;
            CounterNoise noise = CounterNoise.of(seed, "discriminator-weights", CounterNoise.counter(shape.name()));
            float constant = shape.name().endsWith("norm.weight") ? 1 : 0;
            for (int i = 0; i < values.limit(); i++) {
                values.put(i, drawn ? (float) (DEVIATION * noise.gaussian(i)) : constant);
            }
        }
    }

    ParameterSet parameters() {
        return parameters;
    }

    /** The adversarial loss of decoded clips: less, the more they are taken for real. Recorded as the thread's mode says. */
    NDArray loss(NDManager scope, NDArray pixel_BCFHW) {
        return logits(scope, pixel_BCFHW, fixed).mean().neg();
    }

    /**
     * Works out the gradient of its own loss.
     *
     * @param decoded_BCFHW with no graph behind it
     * @return its loss, and its mean logits of real and of decoded patches
     */
    Map<String, Double> addGradients(NDManager local, NDArray pixel_BCFHW, NDArray decoded_BCFHW) {
        optimizer.clearGradients();
        NDArray hinge = Autograd.recorded(() -> script.call("hinge")
                .with(logits(local, pixel_BCFHW, weights))
                .with(logits(local, decoded_BCFHW, weights))
                .one(local));
        Autograd.backward(hinge, EngineMemory.array(local, hinge.getShape(), 1, 0, 0));
        float[] values = hinge.toFloatArray();
        return Map.of(
                "discriminator-loss", (double) values[0],
                "real-logit", (double) values[1],
                "decoded-logit", (double) values[2]);
    }

    /** Applies the gradient that was worked out last. */
    void update(long update) {
        long own = update - training.from() + 1;
        double norm = optimizer.gradientNorm();
        optimizer.update(
                own,
                schedule.at(own),
                GradientNorm.clipScale(norm, training.optimizer().clipNorm()));
    }

    /** What checkpoints keep of it. */
    TreeMap<String, CarriedState> carried() {
        return new TreeMap<>(
                Map.of("discriminator", new CarriedParameters(parameters), "discriminator-optimizer", optimizer));
    }

    private NDArray logits(NDManager scope, NDArray pixel_BCFHW, NDList of) {
        return script.call("logits").with(pixel_BCFHW).with(of).one(scope);
    }

    @Override
    public void close() {
        fixed.close();
        optimizer.close();
        parameters.close();
    }
}
