package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.config.AdversarialTraining;
import dev.mugv.model.config.VaeTraining;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.train.CarriedParameters;
import dev.mugv.model.train.CarriedState;
import dev.mugv.model.train.HeldParameters;
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
    static final String LOSS = "discriminator-loss";
    static final String REAL_LOGIT = "real-logit";
    static final String DECODED_LOGIT = "decoded-logit";

    private static final double DEVIATION = 0.02;
    private static final int MOST_WIDER = 8;

    private final AdversarialTraining training;
    private final LearningRateSchedule schedule;
    private final ScriptModule script;
    private final ParameterSet parameters;
    private final GradientSum sum;
    private final OptimizerState optimizer;
    private final NDList weights;
    private final NDList fixed;

    /**
     * @param whole the training that it has a part in
     * @param ranks those that share its samples
     * @param script {@code vae_losses.py}; stays the caller's
     */
    Discriminator(VaeTraining whole, Ranks ranks, ScriptModule script, NDManager scope) {
        this.training = whole.adversarial();
        this.script = script;
        schedule = new LearningRateSchedule(training.optimizer(), whole.updates() - training.from() + 1);
        List<ParameterShape> shapes = shapes(training);
        parameters = ParameterSet.trainable(scope, shapes);
        draw(parameters, whole.seed());
        sum = new GradientSum(parameters, ranks);
        optimizer = new OptimizerState(scope, parameters, training.optimizer(), sum, HeldParameters.whole(parameters));
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
     * Begins an update. What follows are {@link #addGradients}, one for each list of samples that are computed together.
     *
     * @param samples how many the update has, over all ranks
     */
    void begin(int samples) {
        optimizer.clearGradients();
        sum.parts(samples);
    }

    /**
     * Adds the gradient of its own loss of some samples.
     *
     * @param decoded_BCFHW with no graph behind it
     * @param share of the update's samples
     * @return its loss, and its mean logits of real and of decoded patches
     */
    Map<String, Double> addGradients(NDManager local, NDArray pixel_BCFHW, NDArray decoded_BCFHW, double share) {
        sum.begin();
        NDArray hinge = Autograd.recorded(() -> script.call("hinge")
                .with(logits(local, pixel_BCFHW, weights))
                .with(logits(local, decoded_BCFHW, weights))
                .one(local));
        Autograd.backward(hinge, EngineMemory.array(local, hinge.getShape(), (float) share, 0, 0));
        sum.end();
        float[] values = hinge.toFloatArray();
        return Map.of(
                LOSS, (double) values[0],
                REAL_LOGIT, (double) values[1],
                DECODED_LOGIT, (double) values[2]);
    }

    /** Ends what {@link #begin} began, whether or not it will be applied: this rank's gradients hold the sum over all ranks. */
    void end() {
        sum.finish();
    }

    /** Applies the gradients. */
    void update(long update) {
        long own = update - training.from() + 1;
        double norm = sum.norm();
        optimizer.update(
                own,
                schedule.at(own),
                GradientNorm.clipScale(norm, training.optimizer().clipNorm()));
        sum.gatherWeights();
    }

    /** What checkpoints keep of it. */
    TreeMap<String, CarriedState> carried() {
        return new TreeMap<>(Map.of(
                "discriminator", new CarriedParameters(parameters, optimizer), "discriminator-optimizer", optimizer));
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
