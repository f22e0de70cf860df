package dev.mugv.model.worker.task;

import dev.mugv.model.curation.ClipComparison;
import dev.mugv.model.curation.EmbeddedClips;
import dev.mugv.model.format.ClipDuplicates;
import dev.mugv.model.format.ClipEmbeddings;
import dev.mugv.model.format.ClipFingerprints;
import dev.mugv.model.format.CompareClipsOrder;
import dev.mugv.model.format.CurateVideoOrder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;

/** {@code COMPARE_CLIPS}: near-duplicates among the clips of all videos. */
public final class CompareClipsTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        CompareClipsOrder order = context.parameters(CompareClipsOrder.class);
        ClipComparison comparison = new ClipComparison(order.maxDistance());
        List<Path> videos = TaskInputs.all(context, EnumSet.of(TaskKind.CURATE_VIDEO));
        for (int number = 0; number < videos.size(); number++) {
            comparison.add(
                    Json.read(videos.get(number).resolve(CurateVideoOrder.FINGERPRINTS_FILE), ClipFingerprints.class));
            context.progress(number + 1, videos.size(), "videos");
        }
        ClipDuplicates duplicates = comparison.compare();
        if (order.minSimilarity().isPresent()) {
            EmbeddedClips embedded = new EmbeddedClips(order.minSimilarity().get());
            videos.forEach(video ->
                    embedded.add(Json.read(video.resolve(CurateVideoOrder.EMBEDDINGS_FILE), ClipEmbeddings.class)));
            duplicates = embedded.joined(duplicates, context.order().threads());
        }
        Files.writeString(context.pendingOutput().resolve(CompareClipsOrder.DUPLICATES_FILE), Json.pretty(duplicates));
    }
}
