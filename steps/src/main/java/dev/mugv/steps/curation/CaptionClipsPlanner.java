package dev.mugv.steps.curation;

import dev.mugv.model.config.CaptionerConfiguration;
import dev.mugv.model.format.CaptionClipsOrder;
import dev.mugv.model.format.CaptionClipsOrder.NamedClip;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Plans the captions of kept clips in shards. */
public final class CaptionClipsPlanner implements WorkPlanner {
    public static final String STEP = "caption-clips";

    /** Enough for a describer's shard to be worth a process, few enough for an endpoint's to end in minutes. */
    private static final int CLIPS_PER_SHARD = 64;

    private final String run;
    private final CaptionerConfiguration captioner;
    private final Catalogs catalogs;
    private final ClipDeciding clips;
    private final WorkResources resources;

    public CaptionClipsPlanner(
            String run,
            CaptionerConfiguration captioner,
            Catalogs catalogs,
            ClipDeciding clips,
            WorkResources resources) {
        this.run = run;
        this.captioner = captioner;
        this.catalogs = catalogs;
        this.clips = clips;
        this.resources = resources;
    }

    /** Catalogs that the plan is read from. */
    public record Catalogs(VideoCatalog videos, DecisionCatalog decisions, StageCatalog stages) {}

    @Override
    public List<WorkItem> plan() {
        Map<String, String> pathByVideo = new HashMap<>();
        for (SourceVideo video : catalogs.videos().usable(run)) {
            video.sha256().ifPresent(sha256 -> pathByVideo.putIfAbsent(sha256, video.path()));
        }
        Map<String, ArtifactRef> curatedByPath = catalogs.stages().artifacts(run, CurateVideosPlanner.STEP).stream()
                .collect(Collectors.toMap(StageArtifact::label, StageArtifact::ref));
        SortedMap<String, String> written = new TreeMap<>();
        if (captioner instanceof CaptionerConfiguration.Csv csv) {
            written.putAll(CaptionFile.read(csv.file()));
        }
        List<CatalogedClip> kept = kept();
        List<WorkItem> items = new ArrayList<>();
        for (int from = 0; from < kept.size(); from += CLIPS_PER_SHARD) {
            List<NamedClip> named = kept.subList(from, Math.min(kept.size(), from + CLIPS_PER_SHARD)).stream()
                    .map(clip -> new NamedClip(clip.source(), pathByVideo.getOrDefault(clip.videoSha256(), "")))
                    .toList();
            List<ArtifactRef> inputs = named.stream()
                    .map(NamedClip::videoName)
                    .distinct()
                    .sorted()
                    .map(curatedByPath::get)
                    .filter(java.util.Objects::nonNull)
                    .toList();
            CaptionClipsOrder order = new CaptionClipsOrder(named, placeless(), relevant(written, named));
            items.add(new WorkItem(
                    "captions-" + from / CLIPS_PER_SHARD, TaskKind.CAPTION_CLIPS, Json.tree(order), inputs, resources));
        }
        catalogs.stages().retain(run, STEP, items.stream().map(WorkItem::label).toList());
        return items;
    }

    private List<CatalogedClip> kept() {
        List<String> ids = catalogs.decisions().decisions(run).stream()
                .filter(ClipDecision::isKept)
                .map(ClipDecision::clipId)
                .toList();
        return clips.clips(run).stream()
                .filter(clip -> ids.contains(clip.clipId()))
                .toList();
    }

    /** A file of captions travels by its content, so that moving it makes no caption stale. */
    private CaptionerConfiguration placeless() {
        return captioner instanceof CaptionerConfiguration.Csv ? new CaptionerConfiguration.Describer() : captioner;
    }

    /** Only what concerns this shard, so that a new caption makes one shard stale and not all. */
    private static SortedMap<String, String> relevant(SortedMap<String, String> written, List<NamedClip> clips) {
        SortedMap<String, String> relevant = new TreeMap<>();
        for (NamedClip clip : clips) {
            for (String name : List.of(clip.videoName(), clip.clip().clipId())) {
                String caption = written.get(name);
                if (caption != null) {
                    relevant.put(name, caption);
                }
            }
        }
        return relevant;
    }
}
