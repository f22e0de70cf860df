package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.AdversarialTraining;
import dev.mugv.model.config.VaeTraining;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.train.CarriedState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a VideoVAE is trained by (mugv.md, section 2.6): squared and absolute error, the latter from some update on weighted by how
 * fast detail changes, a perceptual distance, the KL term, and from some update on an adversarial loss.
 *
 * <p>All but the KL term are functions of the decoded pixels: their gradients are worked out at these alone and added up, and one
 * way back through the nets takes the sum. So the gradients of reconstruction and adversarial loss can be weighed against
 * each other at the decoder's last layer before that.
 */
final class VaeObjective implements AutoCloseable {
    static final String SQUARED_ERROR = "squared-error";
    static final String ABSOLUTE_ERROR = "absolute-error";
    static final String DIVERGENCE = "kl-divergence";
    static final String PERCEPTUAL_DISTANCE = "perceptual-distance";

    /** Keeps the quotient of two gradients' norms finite; both numbers are those of the usual adaptive weight. */
    private static final double LEAST_NORM = 1e-4;

    private static final double MOST_BALANCE = 1e4;

    private final VaeTraining training;
    private final ScriptModule script;
    private final Optional<PerceptualNetwork> perceptual;
    private final Optional<Discriminator> discriminator;

    /**
     * @param perceptual there where the perceptual weight is above 0
     * @param scope outlives the training
     */
    VaeObjective(VaeTraining training, Optional<PerceptualNetwork> perceptual, NDManager scope) {
        if (training.perceptualWeight() > 0 && perceptual.isEmpty()) {
            throw new IllegalArgumentException("expected a perceptual network, as its loss has a weight");
        }
        this.training = training;
        this.perceptual = perceptual;
        script = ScriptArchive.ofResource(VaeObjective.class, "vae_losses.py").load();
        AdversarialTraining adversarial = training.adversarial();
        discriminator = adversarial.isPlanned()
                ? Optional.of(new Discriminator(adversarial, training.updates(), training.seed(), script, scope))
                : Optional.empty();
    }

    /**
     * One pass through all four nets.
     *
     * @param pixel_NCHW what is to be reconstructed
     * @param moment_NCFHW moments of its latents
     * @param last_NCHW what goes into the decoder's last layer
     * @param decoded_NCHW what comes out
     */
    record Pass(NDArray pixel_NCHW, NDArray moment_NCFHW, NDArray last_NCHW, NDArray decoded_NCHW) {}

    /**
     * @param loss all losses with their weights
     * @param figures each by itself
     */
    record Measure(double loss, Map<String, Double> figures) {}

    /**
     * Adds the gradients of one update's loss to the VideoVAE's parameters, and keeps those of the discriminator for {@link #applied}.
     *
     * @param pass recorded
     * @param lastWeight weight of the decoder's last layer
     */
    Measure addGradients(NDManager local, long update, Pass pass, NDArray lastWeight) {
        NDArray leaf_NCHW = Autograd.leaf(pass.decoded_NCHW());
        Map<String, Double> figures = new HashMap<>();
        double loss = reconstructionGradient(local, update, pass.pixel_NCHW(), leaf_NCHW, figures);
        NDArray gradient_NCHW = leaf_NCHW.getGradient();
        gradient_NCHW.attach(local);
        NDArray decoded_NCHW = pass.decoded_NCHW().stopGradient();
        boolean adversarial = training.isAdversarial(update);
        if (adversarial) {
            Adversarial fooling = fooling(local, decoded_NCHW);
            double weight = adversarialWeight(local, pass, lastWeight, gradient_NCHW, fooling.gradient_NCHW());
            loss += weight * fooling.loss();
            figures.put("adversarial-loss", fooling.loss());
            figures.put("adversarial-weight", weight);
            NDArray reconstruction_NCHW = gradient_NCHW;
            gradient_NCHW = Autograd.unrecorded(
                    () -> reconstruction_NCHW.add(fooling.gradient_NCHW().mul((float) weight)));
        }
        loss += training.klWeight() * pullBack(local, pass, gradient_NCHW, figures);
        if (adversarial) {
            figures.putAll(discriminator
                    .orElseThrow()
                    .addGradients(local, clips(pass.pixel_NCHW()), Autograd.unrecorded(() -> clips(decoded_NCHW))));
        }
        return new Measure(loss, figures);
    }

    /** The loss without its adversarial part and without saliency, so that its values can be compared over a training. */
    Measure measure(NDManager local, Pass pass) {
        return Autograd.unrecorded(() -> {
            Map<String, Double> figures = new HashMap<>();
            double loss = put(reconstruction(local, pass.pixel_NCHW(), pass.decoded_NCHW(), none(local)), figures);
            if (training.perceptualWeight() > 0) {
                double distance = perceptual.orElseThrow().mean(pass.pixel_NCHW(), pass.decoded_NCHW());
                figures.put(PERCEPTUAL_DISTANCE, distance);
                loss += training.perceptualWeight() * distance;
            }
            double divergence = divergence(local, pass).getFloat();
            figures.put(DIVERGENCE, divergence);
            return new Measure(loss + training.klWeight() * divergence, figures);
        });
    }

    /** Applies the discriminator's gradients of the same update. */
    void applied(long update) {
        if (training.isAdversarial(update)) {
            discriminator.orElseThrow().update(update);
        }
    }

    /** What checkpoints keep beside the VideoVAE. */
    SortedMap<String, CarriedState> carried() {
        return discriminator.map(Discriminator::carried).orElseGet(TreeMap::new);
    }

    @Override
    public void close() {
        discriminator.ifPresent(Discriminator::close);
        script.close();
    }

    private double reconstructionGradient(
            NDManager local, long update, NDArray pixel_NCHW, NDArray leaf_NCHW, Map<String, Double> figures) {
        boolean salient = training.isSalient(update);
        NDArray saliency_NCHW = salient ? saliency(local, leaf_NCHW) : none(local);
        NDArray errors = Autograd.recorded(() -> reconstruction(local, pixel_NCHW, leaf_NCHW, saliency_NCHW));
        Autograd.backward(errors, EngineMemory.array(local, errors.getShape(), 1, 0, 0, 0));
        double loss = put(errors, figures);
        if (salient) {
            figures.put("salient-error", (double) errors.toFloatArray()[3]);
        }
        if (training.perceptualWeight() > 0) {
            double distance = perceptual.orElseThrow().addGradient(pixel_NCHW, leaf_NCHW, training.perceptualWeight());
            figures.put(PERCEPTUAL_DISTANCE, distance);
            loss += training.perceptualWeight() * distance;
        }
        return loss;
    }

    /** Of the decoded clips, as the published text has it; nothing is learned by changing it. */
    private NDArray saliency(NDManager local, NDArray decoded_NCHW) {
        return Autograd.unrecorded(() -> script.call("saliency")
                .with(decoded_NCHW)
                .with((long) training.shape().frames())
                .one(local));
    }

    private NDArray reconstruction(NDManager local, NDArray pixel_NCHW, NDArray decoded_NCHW, NDArray saliency_NCHW) {
        return script.call("reconstruction")
                .with(pixel_NCHW)
                .with(decoded_NCHW)
                .with(saliency_NCHW)
                .with(training.squaredWeight())
                .with(training.l1Weight())
                .one(local);
    }

    private static double put(NDArray errors, Map<String, Double> figures) {
        float[] values = errors.toFloatArray();
        figures.put(SQUARED_ERROR, (double) values[1]);
        figures.put(ABSOLUTE_ERROR, (double) values[2]);
        return values[0];
    }

    private static NDArray none(NDManager local) {
        return local.zeros(new Shape(0));
    }

    private record Adversarial(double loss, NDArray gradient_NCHW) {}

    private Adversarial fooling(NDManager local, NDArray decoded_NCHW) {
        NDArray leaf_NCHW = Autograd.leaf(decoded_NCHW);
        NDArray loss = Autograd.recorded(() -> discriminator.orElseThrow().loss(local, clips(leaf_NCHW)));
        Autograd.backward(loss);
        NDArray gradient_NCHW = leaf_NCHW.getGradient();
        gradient_NCHW.attach(local);
        return new Adversarial(loss.getFloat(), gradient_NCHW);
    }

    private double adversarialWeight(
            NDManager local, Pass pass, NDArray lastWeight, NDArray reconstruction_NCHW, NDArray adversarial_NCHW) {
        double weight = training.adversarial().weight();
        return switch (training.adversarial().balance()) {
            case FIXED -> weight;
            case ADAPTIVE ->
                weight
                        * Math.min(
                                MOST_BALANCE,
                                normAtLastLayer(local, pass, lastWeight, reconstruction_NCHW)
                                        / (normAtLastLayer(local, pass, lastWeight, adversarial_NCHW) + LEAST_NORM));
        };
    }

    /** Norm of the gradient that the last layer's weight gets from one of the pixels. */
    private double normAtLastLayer(NDManager local, Pass pass, NDArray lastWeight, NDArray gradient_NCHW) {
        NDArray weight = Autograd.leaf(lastWeight);
        weight.attach(local);
        NDArray last_NCHW = pass.last_NCHW().stopGradient();
        NDArray pixel_NCHW = Autograd.recorded(
                () -> script.call("last_layer").with(last_NCHW).with(weight).one(local));
        Autograd.backward(pixel_NCHW, gradient_NCHW);
        try (NDArray gradient = weight.getGradient()) {
            return script.callUnrecorded("norm").with(gradient).one(local).getFloat();
        }
    }

    /** The way back through all four nets. Gives the divergence. */
    private double pullBack(NDManager local, Pass pass, NDArray gradient_NCHW, Map<String, Double> figures) {
        NDArray divergence = Autograd.recorded(() -> divergence(local, pass));
        NDArray pulled = Autograd.recorded(() -> script.call("pulled")
                .with(pass.decoded_NCHW())
                .with(gradient_NCHW)
                .with(divergence)
                .with(training.klWeight())
                .one(local));
        Autograd.backward(pulled);
        double value = divergence.getFloat();
        figures.put(DIVERGENCE, value);
        return value;
    }

    private NDArray divergence(NDManager local, Pass pass) {
        return script.call("divergence").with(pass.moment_NCFHW()).one(local);
    }

    /** Frames of crops as clips: the discriminator sees time. */
    private NDArray clips(NDArray pixel_NCHW) {
        Shape shape = pixel_NCHW.getShape();
        long frames = training.shape().frames();
        return pixel_NCHW
                .reshape(shape.get(0) / frames, frames, 3, shape.get(2), shape.get(3))
                .transpose(0, 2, 1, 3, 4);
    }
}
