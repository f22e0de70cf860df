package dev.mugv.steps.check;

import dev.mugv.model.format.RankCheckReport;
import dev.mugv.model.format.RankFacts;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.Json;
import dev.mugv.steps.work.StepScope;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkListener;
import dev.mugv.steps.work.WorkRecorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts the newest report where people find it, {@code <workspace>/rank-check.json}, and says what it found. */
public final class RankCheckRecorder implements WorkRecorder {
    private final StepScope scope;
    private final Path workspace;
    private final WorkListener listener;

    public RankCheckRecorder(String run, Path workspace, WorkListener listener) {
        this.scope = new StepScope(run, RankCheckPlanner.STEP);
        this.workspace = workspace;
        this.listener = listener;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        Path file = folder.resolve(RankCheckReport.FILE_NAME);
        RankCheckReport report = Json.read(file, RankCheckReport.class);
        try {
            DurableFile.write(workspace.resolve(RankCheckReport.FILE_NAME), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (RankFacts facts : report.ranks()) {
            listener.changed(
                    scope,
                    "rank %d of %d on %s: %d processors, Java %s, devices %s"
                            .formatted(
                                    facts.rank(),
                                    facts.size(),
                                    facts.host(),
                                    facts.processors(),
                                    facts.javaVersion(),
                                    facts.binding().getOrDefault("CUDA_VISIBLE_DEVICES", "none")));
        }
        report.findings().forEach(finding -> listener.changed(scope, "finding: " + finding));
    }
}
