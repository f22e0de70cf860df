package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.steps.alignment.GeneratePreferencesPlanner.Captions;
import dev.mugv.steps.catalog.AlarmCatalog;
import dev.mugv.steps.catalog.ClipCatalog;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.ImportedClipCatalog;
import dev.mugv.steps.catalog.LabelCatalog;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.training.EncodedLatents;
import dev.mugv.steps.training.ImportedClips;
import dev.mugv.steps.training.StageInputs;
import dev.mugv.steps.training.TrainingClips;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkResources;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The catalogs of one run and what is read from them, for the job configurations. */
@Component
class PipelineCatalogs {
    /** Libraries take about 700 MiB of a worker; the rest is for frames and tensors. */
    private static final int ARRAY_MEMORY_MEBIBYTES = 3072;

    private static final int TRAINING_MEMORY_MEBIBYTES = 8192;

    private final PipelineConfiguration configuration;
    private final VideoCatalog videos;
    private final ClipCatalog clips;
    private final DecisionCatalog decisions;
    private final StageCatalog stages;
    private final LabelCatalog labels;
    private final ImportedClipCatalog importedClips;
    private final AlarmCatalog alarms;
    private final ArtifactStore store;

    PipelineCatalogs(PipelineConfiguration configuration, JdbcClient jdbc, ArtifactStore store) {
        this.store = store;
        this.configuration = configuration;
        this.videos = new VideoCatalog(jdbc);
        this.clips = new ClipCatalog(jdbc);
        this.decisions = new DecisionCatalog(jdbc);
        this.stages = new StageCatalog(jdbc);
        this.labels = new LabelCatalog(jdbc);
        this.importedClips = new ImportedClipCatalog(jdbc);
        this.alarms = new AlarmCatalog(jdbc);
    }

    String run() {
        return configuration.name();
    }

    VideoCatalog videos() {
        return videos;
    }

    ClipCatalog clips() {
        return clips;
    }

    DecisionCatalog decisions() {
        return decisions;
    }

    StageCatalog stages() {
        return stages;
    }

    LabelCatalog labels() {
        return labels;
    }

    ImportedClipCatalog importedClips() {
        return importedClips;
    }

    AlarmCatalog alarms() {
        return alarms;
    }

    StageInputs inputs() {
        return new StageInputs(stages, run());
    }

    EncodedLatents latents() {
        return new EncodedLatents(inputs(), store);
    }

    TrainingClips trainingClips() {
        Optional<ImportedClips> imported = configuration
                .encode()
                .imported()
                .map(folder -> new ImportedClips(importedClips, configuration.evaluate(), run()));
        return new TrainingClips(videos, clips, decisions, run(), imported);
    }

    Captions captions() {
        return new Captions(decisions, run());
    }

    ArtifactStore store() {
        return store;
    }

    /** Names by content for files that the configuration gives. */
    ContentLinks links() {
        return new ContentLinks(configuration.workspace());
    }

    /** What one element of an array needs: several run side by side. */
    WorkResources arrayElement() {
        return new WorkResources(configuration.local().threads(), ARRAY_MEMORY_MEBIBYTES);
    }

    /** What a training needs: it runs alone and takes the threads of all array elements. */
    WorkResources training() {
        return new WorkResources(
                configuration.local().threads() * configuration.local().parallel(), TRAINING_MEMORY_MEBIBYTES);
    }
}
