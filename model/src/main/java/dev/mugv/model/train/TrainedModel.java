package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.ValidationCells;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.parallel.Ranks;
import java.nio.file.Path;
import java.util.Arrays;

/** A published model to be used, not trained: for sampling, and for the loss that its trainer measured. */
public final class TrainedModel implements AutoCloseable {
    private final ModelDescription description;
    private final DitModel model;
    private final NDManager values;

    private TrainedModel(ModelDescription description, DitModel model, NDManager values) {
        this.description = description;
        this.model = model;
        this.values = values;
    }

    /**
     * Loads a model.
     *
     * @param folder of the artifact, whose hashes have been checked by whoever handed it out
     * @param precision it computes in; in bf16 most weights are held in two bytes a value, and mapped if the file holds bf16
     * @param scope owns the weights until this model is closed
     */
    public static TrainedModel open(Path folder, ComputePrecision precision, NDManager scope) {
        PublishedModel published = PublishedModel.in(folder);
        NDManager values = scope.newSubManager();
        try {
            return new TrainedModel(published.description(), read(published, precision, values), values);
        } catch (RuntimeException e) {
            values.close();
            throw e;
        }
    }

    private static DitModel read(PublishedModel published, ComputePrecision precision, NDManager values) {
        return switch (precision) {
            case BF16 -> DitModel.compact(published.description().size(), published.weights(), 0, values);
            case FP32 -> {
                DitModel model = DitModel.frozen(published.description().size(), values);
                model.read(published.weights(), 0);
                yield model;
            }
        };
    }

    public ModelDescription description() {
        return description;
    }

    /** What computes velocities; stays this model's. */
    public DiffusionTransformer transformer() {
        return model.transformer();
    }

    /**
     * The flow-matching losses on a grid, by the very code with which training measures it.
     *
     * @param dataset latents and captions of the grid's clips
     */
    public ValidationCells.Cells losses(ValidationGrid grid, LatentDataset dataset) {
        LatentLibrary latents = new LatentLibrary(dataset, model.scope());
        double[] losses =
                new ValidationLoss(grid, latents).each(model.transformer(), model.flow(), model.scope(), Ranks.alone());
        return new ValidationCells.Cells(grid, Arrays.stream(losses).boxed().toList());
    }

    @Override
    public void close() {
        model.close();
        values.close();
    }
}
