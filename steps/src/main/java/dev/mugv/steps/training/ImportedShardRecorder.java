package dev.mugv.steps.training;

import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.ImportedClip;
import dev.mugv.steps.catalog.ImportedClipCatalog;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Notes an imported shard like an encoded one, and its clips in the catalog. */
public final class ImportedShardRecorder implements WorkRecorder {
    private final StageRecorder stages;
    private final ImportedClipCatalog clips;
    private final String run;

    public ImportedShardRecorder(StageRecorder stages, ImportedClipCatalog clips, String run) {
        this.stages = stages;
        this.clips = clips;
        this.run = run;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        stages.record(position, item, artifact, folder);
        LatentShard shard = Json.read(folder.resolve(LatentShard.FILE_NAME), LatentShard.class);
        Map<String, String> captions =
                shard.texts().stream().collect(Collectors.toMap(LatentShard.Text::clipId, LatentShard.Text::caption));
        List<ImportedClip> found = shard.latents().stream()
                .map(latent -> new ImportedClip(
                        latent.clipId(),
                        latent.videoSha256(),
                        latent.shape(),
                        captions.getOrDefault(latent.clipId(), "")))
                .toList();
        clips.replaceFrom(run, position, found);
    }
}
