package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VaeTraining;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.parallel.SampleFigures;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.train.BatchMeasure;
import dev.mugv.model.train.CarriedState;
import dev.mugv.model.train.Trainable;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;

/**
 * Trains a VideoVAE to reconstruct crops by a {@link VaeObjective} (mugv.md, section 2.6). The encoder sees single chunks of 8 frames; the decoder sees windows whose length is drawn at every update
 * from {1, 4, 8} latents and the whole crop, as far as they divide it.
 */
public final class VaeReconstruction implements Trainable, AutoCloseable {
    private static final int MOST_VALIDATION_CROPS = 16;
    private static final int MOST_MEASURED_CLIPS = 256;
    private static final int LONGEST_WINDOW = 8;

    private final VideoVae vae;
    private final VaeTraining training;
    private final VaeObjective objective;
    private final List<ClipSource> trainingClips;
    private final NDManager scope;
    private final ClipCrops trainingCrops;
    private final ClipCrops validationCrops;
    private final Ranks ranks;
    private final List<Memory> memories = new ArrayList<>();
    private final Memory validationMemory;
    private final double flops;

    /** Pixels pixel_NCHW and noise noise_NCFHW of crops that are computed together, in memory that is used again and again. */
    private record Memory(NDArray pixel, FloatBuffer pixels, NDArray noise, FloatBuffer noises) {
        static Memory of(NDManager scope, VideoShape shape, int batch) {
            Shape pixel_NCHW = new Shape((long) batch * shape.frames(), 3, shape.height(), shape.width());
            Shape noise_NCFHW = new Shape(
                    (long) batch * shape.latentFrames(),
                    VaeSize.LATENT_CHANNELS,
                    1,
                    shape.latentHeight(),
                    shape.latentWidth());
            NDArray pixel = scope.zeros(pixel_NCHW);
            NDArray noise = scope.zeros(noise_NCFHW);
            return new Memory(pixel, EngineMemory.floats(pixel), noise, EngineMemory.floats(noise));
        }
    }

    /**
     * What it sees.
     *
     * @param training clips to train on; those shorter than a crop are passed over
     * @param validation clips of the fixed grid
     */
    public record Clips(List<ClipSource> training, List<ClipSource> validation) {
        public Clips {
            training = List.copyOf(training);
            validation = List.copyOf(validation);
        }
    }

    /**
     * @param vae made by {@link VideoVae#untrained}
     * @param ranks those that train together; each holds the VideoVAE whole
     * @param perceptual there where the perceptual weight is above 0; stays the caller's
     * @param scope outlives the training
     */
    // Six: the VAE, what it sees and is measured by, who trains it, and where.
    public VaeReconstruction(
            VideoVae vae,
            VaeTraining training,
            Clips clips,
            Optional<PerceptualNetwork> perceptual,
            Ranks ranks,
            NDManager scope) {
        this.vae = vae;
        this.training = training;
        this.trainingClips = clips.training();
        this.scope = scope;
        this.ranks = ranks;
        objective = new VaeObjective(training, perceptual, ranks, scope);
        trainingCrops = new ClipCrops(clips.training(), training.shape());
        validationCrops = new ClipCrops(clips.validation(), training.shape());
        validationMemory = Memory.of(scope, training.shape(), 1);
        VideoShape shape = training.shape();
        flops = VaeFlops.ofUpdate(
                new VaeParameters(vae.size()), training.batch() * shape.frames(), shape.height(), shape.width());
    }

    @Override
    public ParameterSet parameters() {
        return vae.parameters();
    }

    @Override
    public BatchMeasure addGradients(long update, GradientSum sum) {
        int batch = training.batch();
        List<ClipCrops.Crop> crops = IntStream.range(0, batch)
                .mapToObj(slot -> trainingCrops.draw(CounterNoise.of(training.seed(), "vae-crops", update, slot)))
                .toList();
        List<List<Integer>> parts = sum.parts(batch);
        List<Integer> windows = windows();
        int window = windows.get(
                CounterNoise.of(training.seed(), "vae-window", update).below(windows.size(), 0));
        List<String> names = objective.figures(update);
        SampleFigures found = new SampleFigures(batch, names.size() + 1);
        objective.begin(update);
        double weight;
        try (NDManager local = scope.newSubManager()) {
            List<VaeObjective.Part> open = new ArrayList<>();
            for (List<Integer> slots : parts) {
                Memory memory = filled(open.size(), slots, crops, update);
                VaeObjective.Pass pass = Autograd.recorded(() -> pass(local, memory, window));
                open.add(objective.part(local, update, pass, (double) slots.size() / batch));
            }
            weight = adversarialWeight(local, update, parts, open);
            for (int i = 0; i < parts.size(); i++) {
                sum.begin();
                VaeObjective.Part part = open.get(i);
                VaeObjective.Measure measure = objective.addGradients(local, part, weight);
                sum.end();
                found.put(parts.get(i).get(0), shares(measure, names, part.share()));
            }
            objective.end(update);
        }
        double[] totals = found.totals(ranks);
        Map<String, Double> measured = named(totals, names);
        if (training.isAdversarial(update)) {
            measured.put("adversarial-weight", weight);
        }
        measured.put("samples", (double) batch);
        measured.put("decoder-window", (double) window);
        VideoShape shape = training.shape();
        long tokens = (long) batch * shape.latentFrames() * shape.latentHeight() * shape.latentWidth();
        // Perceptual network and discriminator are not counted.
        return new BatchMeasure(
                totals[names.size()], crops.stream().map(ClipCrops::name).toList(), tokens, flops, measured);
    }

    /** Crops and noise of some slots. Graphs of parts stay until all are there, so each part has memory of its own. */
    private Memory filled(int part, List<Integer> slots, List<ClipCrops.Crop> crops, long update) {
        if (part == memories.size()) {
            memories.add(Memory.of(scope, training.shape(), slots.size()));
        }
        Memory memory = memories.get(part);
        FloatBuffer pixels = memory.pixels().duplicate();
        int size = memory.noises().limit() / slots.size();
        CounterNoise noise = CounterNoise.of(training.seed(), "vae-posterior", update);
        for (int i = 0; i < slots.size(); i++) {
            trainingCrops.fill(crops.get(slots.get(i)), pixels);
            noise.fillGaussian(memory.noises().slice(i * size, size), (long) slots.get(i) * size);
        }
        return memory;
    }

    /** The same on all ranks, of all samples in their order. */
    private double adversarialWeight(
            NDManager local, long update, List<List<Integer>> parts, List<VaeObjective.Part> open) {
        if (!objective.isBalanced(update)) {
            return training.adversarial().weight();
        }
        NDArray lastWeight = lastWeight();
        SampleFigures gradients = new SampleFigures(training.batch(), 2 * Math.toIntExact(lastWeight.size()));
        for (int i = 0; i < parts.size(); i++) {
            gradients.put(parts.get(i).get(0), objective.lastLayerGradients(local, open.get(i), lastWeight));
        }
        return objective.balancedWeight(gradients.totals(ranks));
    }

    /** The named figures and the loss, times a share. */
    private static double[] shares(VaeObjective.Measure measure, List<String> names, double share) {
        double[] values = new double[names.size() + 1];
        for (int i = 0; i < names.size(); i++) {
            values[i] = share * Objects.requireNonNull(measure.figures().get(names.get(i)), names.get(i));
        }
        values[names.size()] = share * measure.loss();
        return values;
    }

    private static Map<String, Double> named(double[] totals, List<String> names) {
        Map<String, Double> figures = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            figures.put(names.get(i), totals[i]);
        }
        return figures;
    }

    @Override
    public void applied(long update) {
        objective.applied(update);
    }

    @Override
    public SortedMap<String, CarriedState> carried() {
        return objective.carried();
    }

    /** The loss without its adversarial part, on the fixed grid. */
    @Override
    public double validationLoss() {
        return validation(ranks).loss();
    }

    /** The validation loss's parts after the last update, and the peak signal-to-noise ratio in decibels that follows. */
    @Override
    public Map<String, Double> finalFigures() {
        Map<String, Double> figures = new HashMap<>();
        // Asked of one rank alone, so of no other's help.
        validation(Ranks.alone()).figures().forEach((name, value) -> figures.put("validation-" + name, value));
        // The span of [-1, 1] is 2: 20 log10(2 / root mean square error).
        double squared = figures.getOrDefault("validation-" + VaeObjective.SQUARED_ERROR, Double.NaN);
        figures.put("validation-psnr", 10 * Math.log10(4 / squared));
        return figures;
    }

    @Override
    public void close() {
        objective.close();
    }

    /** Sets the VAE's normalisation to the mean and deviation of the training clips' latents, at most 256 clips' evenly; all ranks together. */
    public void measureNormalisation() {
        List<ClipSource> clips = trainingClips.stream()
                .filter(clip -> clip.isLongEnoughFor(training.shape()))
                .toList();
        int count = Math.min(MOST_MEASURED_CLIPS, clips.size());
        LatentStatistics statistics = new LatentStatistics(count);
        for (int i = ranks.rank(); i < count; i += ranks.size()) {
            ClipSource clip = clips.get((int) ((long) i * clips.size() / count));
            statistics.add(i, vae, scope, FrameTensors.source(ClipFrames.read(clip, training.shape())));
        }
        statistics.store(ranks, vae.shift(), vae.scale());
    }

    /** Lengths in latents that a decoder's window may have, rising; each divides the crop. */
    private List<Integer> windows() {
        int latents = training.shape().latentFrames();
        return IntStream.rangeClosed(1, Math.min(LONGEST_WINDOW, latents))
                .filter(length -> latents % length == 0)
                .filter(length -> length == 1 || length == 4 || length == 8 || length == latents)
                .boxed()
                .toList();
    }

    /** Crops are divided among ranks and added up in their order: the same bits, however many ranks there are. */
    private VaeObjective.Measure validation(Ranks among) {
        List<ClipCrops.Crop> crops = validationCrops.centres(MOST_VALIDATION_CROPS);
        int window = windows().get(windows().size() - 1);
        List<String> names = objective.measured();
        SampleFigures found = new SampleFigures(crops.size(), names.size() + 1);
        for (int i = among.rank(); i < crops.size(); i += among.size()) {
            // The noise stays zero: the grid is decoded from the posterior's mean.
            validationCrops.fill(crops.get(i), validationMemory.pixels().duplicate());
            try (NDManager local = scope.newSubManager()) {
                VaeObjective.Pass pass = Autograd.unrecorded(() -> pass(local, validationMemory, window));
                found.put(i, shares(objective.measure(local, pass), names, 1.0 / crops.size()));
            }
        }
        double[] totals = found.totals(among);
        return new VaeObjective.Measure(totals[names.size()], named(totals, names));
    }

    private NDArray lastWeight() {
        List<String> decoder = new VaeParameters(vae.size()).spatialDecoder();
        return vae.parameters().get(decoder.get(decoder.size() - 2));
    }

    /** One pass through all four nets. */
    private VaeObjective.Pass pass(NDManager local, Memory batch, int window) {
        VaeNets nets = vae.nets();
        VideoShape shape = training.shape();
        long latents = batch.noise().getShape().get(0);
        long h = shape.latentHeight();
        long w = shape.latentWidth();
        long channels = vae.size().featureChannels();
        NDArray feature_NCHW = nets.features(local, batch.pixel());
        NDArray chunk_NCFHW = feature_NCHW
                .reshape(latents, TimeChunks.FRAMES_PER_LATENT, channels, h, w)
                .transpose(0, 2, 1, 3, 4);
        NDArray moment_NCFHW = nets.moments(local, chunk_NCFHW);
        NDArray latent_NCFHW = nets.sample(local, moment_NCFHW, batch.noise())
                .reshape(latents / window, window, VaeSize.LATENT_CHANNELS, h, w)
                .transpose(0, 2, 1, 3, 4);
        NDArray decoded_NCHW = nets.decodedFeatures(local, latent_NCFHW)
                .transpose(0, 2, 1, 3, 4)
                .reshape(latents * TimeChunks.FRAMES_PER_LATENT, channels, h, w);
        NDArray last_NCHW = nets.lastFeatures(local, decoded_NCHW);
        return new VaeObjective.Pass(batch.pixel(), moment_NCFHW, last_NCHW, nets.lastLayer(local, last_NCHW));
    }
}
