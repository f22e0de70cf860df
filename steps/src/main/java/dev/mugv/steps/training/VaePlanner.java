package dev.mugv.steps.training;

import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.VaeConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.GivenNetwork;
import dev.mugv.model.format.ImportVaeOrder;
import dev.mugv.model.format.TrainVaeOrder;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Plans the VideoVAE: its training on the kept clips, or the import of a file of weights. */
public final class VaePlanner implements WorkPlanner {
    public static final String STEP = "train-vae";

    private final VaeConfiguration vae;
    private final TrainingClips clips;
    private final ContentLinks links;
    private final WorkResources resources;
    private final ParallelMode mode;

    /**
     * @param mode of a training on several ranks
     */
    public VaePlanner(
            VaeConfiguration vae, TrainingClips clips, ContentLinks links, WorkResources resources, ParallelMode mode) {
        this.mode = mode;
        this.vae = vae;
        this.clips = clips;
        this.links = links;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        return List.of(vae.weights().map(this::imported).orElseGet(this::trained));
    }

    private WorkItem imported(Path weights) {
        ContentLinks.Named named = new GivenWeights(weights, "vae.weights").name(links);
        ImportVaeOrder order = new ImportVaeOrder(named.path(), named.sha256());
        return new WorkItem(STEP, TaskKind.IMPORT_VAE, Json.tree(order), List.of(), resources);
    }

    private WorkItem trained() {
        VideoShape shape = vae.training().shape();
        List<ClipSource> heldOut =
                clips.heldOut(shape).stream().map(CatalogedClip::source).toList();
        List<String> heldOutIds = heldOut.stream().map(ClipSource::clipId).toList();
        List<ClipSource> training = clips.all().stream()
                .map(CatalogedClip::source)
                .filter(clip -> clip.isLongEnoughFor(shape) && !heldOutIds.contains(clip.clipId()))
                .toList();
        if (heldOut.isEmpty() || training.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot plan '%s': %d training and %d held-out clips are long enough for %d frames at %s frames a second, at least 1 of each is needed. Shorten 'vae.training.shape' or add longer videos."
                            .formatted(STEP, training.size(), heldOut.size(), shape.frames(), shape.fps()));
        }
        Optional<GivenNetwork> perceptual =
                vae.training().perceptualWeight() > 0 ? perceptualNetwork(vae, links) : Optional.empty();
        TrainVaeOrder order = new TrainVaeOrder(vae.size(), vae.training(), training, heldOut, perceptual, mode);
        return new WorkItem(STEP, TaskKind.TRAIN_VAE, Json.tree(order), List.of(), resources);
    }

    /** The perceptual network of a configuration under a name by its content. */
    public static Optional<GivenNetwork> perceptualNetwork(VaeConfiguration vae, ContentLinks links) {
        return vae.perceptualNetwork().map(file -> {
            ContentLinks.Named named = new GivenWeights(file, "vae.perceptual-network").name(links);
            return new GivenNetwork(named.path(), named.sha256());
        });
    }
}
