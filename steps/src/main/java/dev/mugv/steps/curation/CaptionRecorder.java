package dev.mugv.steps.curation;

import dev.mugv.model.format.CaptionClipsOrder;
import dev.mugv.model.format.ClipCaptions;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.ClipCaption;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Path;
import java.util.Locale;

/** Takes captions and tags into the catalog. */
public final class CaptionRecorder implements WorkRecorder {
    private final String run;
    private final DecisionCatalog decisions;
    private final StageCatalog stages;

    public CaptionRecorder(String run, DecisionCatalog decisions, StageCatalog stages) {
        this.run = run;
        this.decisions = decisions;
        this.stages = stages;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        ClipCaptions captions = Json.read(folder.resolve(CaptionClipsOrder.CAPTIONS_FILE), ClipCaptions.class);
        decisions.putCaptions(
                run,
                captions.captions().stream()
                        .map(caption -> new ClipCaption(
                                caption.clipId(),
                                caption.text(),
                                caption.origin().name().toLowerCase(Locale.ROOT),
                                caption.tags().stream()
                                        .map(tag -> tag.replace(' ', '-'))
                                        .toList()))
                        .toList());
        stages.put(run, CaptionClipsPlanner.STEP, position, new StageArtifact(item.label(), artifact));
    }
}
