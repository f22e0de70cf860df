package dev.mugv.steps.evaluation;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.report.ReportContent.LineageEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was made from what, by the manifests of a run's artifacts. */
final class LineageEntries {
    private final StageCatalog stages;
    private final ArtifactStore store;

    LineageEntries(StageCatalog stages, ArtifactStore store) {
        this.stages = stages;
        this.store = store;
    }

    /** One entry an artifact, in the order of the steps. */
    List<LineageEntry> of(String run, List<String> steps) {
        Map<String, String> nameByKey = new HashMap<>();
        List<LineageEntry> entries = new ArrayList<>();
        for (String step : steps) {
            for (StageArtifact artifact : stages.artifacts(run, step)) {
                ArtifactRef ref = artifact.ref();
                String name = artifact.label().equals(step) ? step : step + "/" + artifact.label();
                nameByKey.put(ref.key(), name);
                List<String> inputs = store.manifest(ref).inputs().stream()
                        .map(input ->
                                nameByKey.getOrDefault(input.key(), input.task().label() + " " + input.key()))
                        .toList();
                entries.add(new LineageEntry(name, ref.task().label(), ref.key(), ref.manifestSha256(), inputs));
            }
        }
        return entries;
    }
}
