package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.StageNames;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.format.GenerateVideoRequest.TrainedWith;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.training.EncodeLatentsPlanner;
import dev.mugv.steps.training.VaePlanner;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a run has made that videos can be generated with.
 *
 * @param step that made the model: of all that have, the last of the line
 * @param model folder
 * @param vae weights
 * @param trainedWith encoders of its latents
 */
record RunNets(String step, Path model, Path vae, TrainedWith trainedWith) {
    /**
     * Asks the run's catalogs.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if the run has no model yet
     */
    static RunNets of(SelectedRun run) {
        return new RunView(run).ask(jdbc -> new Search(run, jdbc).nets());
    }

    /** One look through a run's stages. */
    private static final class Search {
        private final PipelineConfiguration configuration;
        private final String name;
        private final StageCatalog stages;
        private final ArtifactStore store;

        Search(SelectedRun run, JdbcClient jdbc) {
            this.configuration = run.configuration();
            this.name = run.identity().name();
            this.stages = new StageCatalog(jdbc);
            this.store = new ArtifactStore(run.identity().workspace());
        }

        RunNets nets() {
            String step = StageNames.modelsFromTheLast(configuration).stream()
                    .filter(made -> !stages.artifacts(name, made).isEmpty())
                    .findFirst()
                    .orElseThrow(() -> missing("a model"));
            Path shard = first(EncodeLatentsPlanner.STEP, "latents");
            LatentShard latents = Json.read(shard.resolve(LatentShard.FILE_NAME), LatentShard.class);
            return new RunNets(
                    step,
                    first(step, "a model"),
                    first(VaePlanner.STEP, "a VideoVAE").resolve(VaeDescription.WEIGHTS_FILE_NAME),
                    new TrainedWith(latents.vaeSha256(), latents.textEncoderSha256()));
        }

        /** Folder of a step's first artifact, whose files are all there. */
        private Path first(String step, String what) {
            List<StageArtifact> artifacts = stages.artifacts(name, step);
            if (artifacts.isEmpty()) {
                throw missing(what);
            }
            ArtifactRef ref = artifacts.get(0).ref();
            ArtifactKey key = new ArtifactKey(ref.key());
            Optional<ArtifactRef> found = store.find(ref.task(), key);
            if (found.isEmpty()) {
                throw missing(what);
            }
            return store.folder(ref.task(), key);
        }

        private WorkFailure missing(String what) {
            return new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot generate with run '%s': expected %s, found none yet. Go on with 'mugv resume', or give --model, --vae and --text."
                            .formatted(name, what));
        }
    }
}
