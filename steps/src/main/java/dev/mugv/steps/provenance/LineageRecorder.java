package dev.mugv.steps.provenance;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Path;

/** Records the lineage of whatever another recorder takes into the catalogs, in its transaction. */
public final class LineageRecorder implements WorkRecorder {
    private final WorkRecorder catalogs;
    private final ArtifactLineage lineage;
    private final String step;

    public LineageRecorder(WorkRecorder catalogs, ArtifactLineage lineage, String step) {
        this.catalogs = catalogs;
        this.lineage = lineage;
        this.step = step;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        catalogs.record(position, item, artifact, folder);
        lineage.record(PublishedWork.of(step, item, artifact, folder));
    }

    @Override
    public void recordFailure(int position, WorkItem item, String message) {
        catalogs.recordFailure(position, item, message);
    }
}
