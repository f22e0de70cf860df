package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.AdversarialTraining;
import dev.mugv.model.config.VaeTraining;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.train.CarriedState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
    static final String SALIENT_ERROR = "salient-error";
    static final String ADVERSARIAL_LOSS = "adversarial-loss";

    /** Keeps the quotient of two gradients' norms finite; both numbers are those of the usual adaptive weight. */
    private static final double LEAST_NORM = 1e-4;

    private static final double MOST_BALANCE = 1e4;

    private final VaeTraining training;
    private final ScriptModule script;
    private final Optional<PerceptualNetwork> perceptual;
    private final Optional<Discriminator> discriminator;

    /**
     * @param perceptual there where the perceptual weight is above 0
     * @param ranks those that share the samples
     * @param scope outlives the training
     */
    VaeObjective(VaeTraining training, Optional<PerceptualNetwork> perceptual, Ranks ranks, NDManager scope) {
        if (training.perceptualWeight() > 0 && perceptual.isEmpty()) {
            throw new IllegalArgumentException("expected a perceptual network, as its loss has a weight");
        }
        this.training = training;
        this.perceptual = perceptual;
        script = ScriptArchive.ofResource(VaeObjective.class, "vae_losses.py").load();
        discriminator = training.adversarial().isPlanned()
                ? Optional.of(new Discriminator(training, ranks, script, scope))
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
     * One update's loss of samples that are computed together, as far as the decoded pixels: the way back through the nets waits until the
     * adversarial weight is known, which is that of all samples.
     *
     * @param pass recorded
     * @param share of the update's samples
     * @param loss of the reconstruction, with its weights
     * @param reconstruction_NCHW gradient of that loss
     * @param adversarial there while the discriminator has a part
     * @param figures of each loss by itself
     */
    record Part(
            Pass pass,
            double share,
            double loss,
            NDArray reconstruction_NCHW,
            Optional<Adversarial> adversarial,
            Map<String, Double> figures) {}

    /**
     * @param loss without its weight
     * @param gradient_NCHW of that
     */
    record Adversarial(double loss, NDArray gradient_NCHW) {}

    /** Names of what {@link #addGradients} measures in an update, in one order for all ranks. */
    List<String> figures(long update) {
        List<String> names = new ArrayList<>(List.of(SQUARED_ERROR, ABSOLUTE_ERROR, DIVERGENCE));
        if (training.isSalient(update)) {
            names.add(SALIENT_ERROR);
        }
        if (training.perceptualWeight() > 0) {
            names.add(PERCEPTUAL_DISTANCE);
        }
        if (training.isAdversarial(update)) {
            names.addAll(List.of(
                    ADVERSARIAL_LOSS, Discriminator.LOSS, Discriminator.REAL_LOGIT, Discriminator.DECODED_LOGIT));
        }
        return names;
    }

    /** Begins an update. */
    void begin(long update) {
        if (training.isAdversarial(update)) {
            discriminator.orElseThrow().begin(training.batch());
        }
    }

    /** Ends it, when the gradients of all of this rank's parts have been added. */
    void end(long update) {
        if (training.isAdversarial(update)) {
            discriminator.orElseThrow().end();
        }
    }

    /** Works out the gradients at the pixels. Nothing is added to parameters. */
    Part part(NDManager local, long update, Pass pass, double share) {
        NDArray leaf_NCHW = Autograd.leaf(pass.decoded_NCHW());
        Map<String, Double> figures = new HashMap<>();
        double loss = reconstructionGradient(local, update, pass.pixel_NCHW(), leaf_NCHW, figures);
        NDArray gradient_NCHW = leaf_NCHW.getGradient();
        gradient_NCHW.attach(local);
        Optional<Adversarial> adversarial = training.isAdversarial(update)
                ? Optional.of(fooling(local, pass.decoded_NCHW().stopGradient()))
                : Optional.empty();
        adversarial.ifPresent(fooling -> figures.put(ADVERSARIAL_LOSS, fooling.loss()));
        return new Part(pass, share, loss, gradient_NCHW, adversarial, figures);
    }

    /** Whether both losses' gradients at the decoder's last layer decide the adversarial weight. */
    boolean isBalanced(long update) {
        return training.isAdversarial(update)
                && training.adversarial().balance() == AdversarialTraining.Balance.ADAPTIVE;
    }

    /** A part's share of the gradients at the weight of the decoder's last layer: of the reconstruction, then of the adversarial loss. */
    double[] lastLayerGradients(NDManager local, Part part, NDArray lastWeight) {
        int size = Math.toIntExact(lastWeight.size());
        double[] gradients = new double[2 * size];
        float[] reconstruction = atLastLayer(local, part.pass(), lastWeight, part.reconstruction_NCHW());
        float[] adversarial = atLastLayer(
                local, part.pass(), lastWeight, part.adversarial().orElseThrow().gradient_NCHW());
        for (int i = 0; i < size; i++) {
            gradients[i] = part.share() * reconstruction[i];
            gradients[size + i] = part.share() * adversarial[i];
        }
        return gradients;
    }

    /**
     * The weight that makes both gradients at the decoder's last layer alike, times the configured one.
     *
     * @param gradients {@link #lastLayerGradients} of all samples
     */
    double balancedWeight(double[] gradients) {
        int size = gradients.length / 2;
        double quotient = norm(gradients, 0, size) / (norm(gradients, size, size) + LEAST_NORM);
        return training.adversarial().weight() * Math.min(MOST_BALANCE, quotient);
    }

    private static double norm(double[] values, int first, int count) {
        double sum = 0;
        for (int i = first; i < first + count; i++) {
            sum += values[i] * values[i];
        }
        return Math.sqrt(sum);
    }

    /**
     * Adds a part's gradients to the VideoVAE's parameters, and those of the discriminator to its own, for {@link #applied}.
     *
     * @param adversarialWeight of this update
     */
    Measure addGradients(NDManager local, Part part, double adversarialWeight) {
        Pass pass = part.pass();
        Map<String, Double> figures = new HashMap<>(part.figures());
        double loss = part.loss();
        NDArray gradient_NCHW = part.reconstruction_NCHW();
        if (part.adversarial().isPresent()) {
            Adversarial fooling = part.adversarial().get();
            loss += adversarialWeight * fooling.loss();
            gradient_NCHW = Autograd.unrecorded(
                    () -> part.reconstruction_NCHW().add(fooling.gradient_NCHW().mul((float) adversarialWeight)));
        }
        NDArray whole_NCHW = gradient_NCHW;
        NDArray shared_NCHW = Autograd.unrecorded(() -> whole_NCHW.mul((float) part.share()));
        loss += training.klWeight() * pullBack(local, pass, shared_NCHW, part.share(), figures);
        if (part.adversarial().isPresent()) {
            NDArray decoded_NCHW = pass.decoded_NCHW().stopGradient();
            figures.putAll(discriminator
                    .orElseThrow()
                    .addGradients(
                            local,
                            clips(pass.pixel_NCHW()),
                            Autograd.unrecorded(() -> clips(decoded_NCHW)),
                            part.share()));
        }
        return new Measure(loss, figures);
    }

    /** Names of what {@link #measure} measures. */
    List<String> measured() {
        return figures(0);
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
            figures.put(SALIENT_ERROR, (double) errors.toFloatArray()[3]);
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

    private Adversarial fooling(NDManager local, NDArray decoded_NCHW) {
        NDArray leaf_NCHW = Autograd.leaf(decoded_NCHW);
        NDArray loss = Autograd.recorded(() -> discriminator.orElseThrow().loss(local, clips(leaf_NCHW)));
        Autograd.backward(loss);
        NDArray gradient_NCHW = leaf_NCHW.getGradient();
        gradient_NCHW.attach(local);
        return new Adversarial(loss.getFloat(), gradient_NCHW);
    }

    /** The gradient that the last layer's weight gets from one of the pixels. */
    private float[] atLastLayer(NDManager local, Pass pass, NDArray lastWeight, NDArray gradient_NCHW) {
        NDArray weight = Autograd.leaf(lastWeight);
        weight.attach(local);
        NDArray last_NCHW = pass.last_NCHW().stopGradient();
        NDArray pixel_NCHW = Autograd.recorded(
                () -> script.call("last_layer").with(last_NCHW).with(weight).one(local));
        Autograd.backward(pixel_NCHW, gradient_NCHW);
        try (NDArray gradient = weight.getGradient()) {
            return gradient.toFloatArray();
        }
    }

    /** The way back through all four nets. Gives the divergence. */
    private double pullBack(
            NDManager local, Pass pass, NDArray gradient_NCHW, double share, Map<String, Double> figures) {
        NDArray divergence = Autograd.recorded(() -> divergence(local, pass));
        NDArray pulled = Autograd.recorded(() -> script.call("pulled")
                .with(pass.decoded_NCHW())
                .with(gradient_NCHW)
                .with(divergence)
                .with(training.klWeight() * share)
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
