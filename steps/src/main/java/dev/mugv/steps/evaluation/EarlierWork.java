package dev.mugv.steps.evaluation;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.OutputManifest;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a step of a run has left before, for a plan that asks anew only for what is not there: artifacts of the same code and the same
 * inputs, which would be found up to date by their order.
 *
 * @param stages of the run
 * @param place the run and its step
 * @param store of artifacts
 * @param codeVersion of the task, asked when there is something to compare it with
 */
public record EarlierWork(StageCatalog stages, Place place, ArtifactStore store, Supplier<String> codeVersion) {
    /** A step of a run. */
    public record Place(String run, String step) {}

    /**
     * An artifact.
     *
     * @param label its name within the step
     * @param order the file that says what was asked
     */
    record Left(String label, Path order) {}

    /** Artifacts with an order of this name beside their result, in the order of their plan. */
    List<Left> of(String orderFile, List<ArtifactRef> inputs) {
        List<Left> found = new ArrayList<>();
        for (StageArtifact artifact : stages.artifacts(place.run(), place.step())) {
            ArtifactRef ref = artifact.ref();
            ArtifactKey key = new ArtifactKey(ref.key());
            if (store.find(ref.task(), key).isEmpty()) {
                continue;
            }
            Path order = store.folder(ref.task(), key).resolve(orderFile);
            OutputManifest manifest = store.manifest(ref);
            if (Files.exists(order)
                    && manifest.inputs().equals(inputs)
                    && manifest.codeVersion().equals(codeVersion.get())) {
                found.add(new Left(artifact.label(), order));
            }
        }
        return found;
    }

    /** Forgets what the plan no longer has. */
    void retain(List<String> labels) {
        stages.retain(place.run(), place.step(), labels);
    }
}
