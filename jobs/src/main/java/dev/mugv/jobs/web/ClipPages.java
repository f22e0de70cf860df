package dev.mugv.jobs.web;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.jobs.query.ClipQuery;
import dev.mugv.jobs.query.ClipQuery.ClipLine;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.curation.CurateVideosPlanner;
import dev.mugv.steps.evaluation.ArtifactFolders;
import dev.mugv.steps.evaluation.CurationResults;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.report.CuratedVideoResult;
import dev.mugv.steps.report.CuratedVideoResult.Clip;
import dev.mugv.steps.report.ReportChapters;
import j2html.tags.DomContent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Clips of a run by video, with what was decided about each and why. */
@RestController
final class ClipPages {
    private static final int VIDEOS = 10;

    private final JdbcClient jdbc;
    private final RunDirectory runs;

    ClipPages(JdbcClient jdbc, RunDirectory runs) {
        this.jdbc = jdbc;
        this.runs = runs;
    }

    @GetMapping("/runs/{run}/clips")
    ResponseEntity<String> all(
            @PathVariable String run,
            @RequestParam(defaultValue = "") String decision,
            @RequestParam(defaultValue = "1") int page) {
        RunIdentity identity = runs.require(run);
        ClipQuery query = new ClipQuery(jdbc, run);
        List<SourceVideo> videos = new VideoCatalog(jdbc).all(run);
        if (!decision.isEmpty()) {
            Set<String> having = Set.copyOf(query.videosWith(decision));
            videos = videos.stream()
                    .filter(video -> having.contains(video.path()))
                    .toList();
        }
        List<SourceVideo> shown = Tables.page(videos, VIDEOS, page);
        List<DomContent> parts = new ArrayList<>();
        parts.add(ClipView.decisions(run, query.counts(), decision));
        if (shown.isEmpty()) {
            parts.add(Tables.note("No videos have been curated yet, or none has such clips."));
        } else {
            parts.addAll(
                    ReportChapters.curation(results(identity, query, shown, decision), new ArtifactLinks(identity)));
        }
        String path = Links.run(run, "clips");
        parts.addAll(Tables.pager(
                decision.isEmpty() ? path : Links.query(path, "decision", decision), videos.size(), VIDEOS, page));
        return Html.answer(Page.titled(run).of(run, "clips").with(parts));
    }

    @GetMapping("/runs/{run}/clips/{id}")
    ResponseEntity<String> one(@PathVariable String run, @PathVariable String id) {
        RunIdentity identity = runs.require(run);
        ClipQuery query = new ClipQuery(jdbc, run);
        List<ClipLine> found = query.startingWith(id);
        if (found.size() != 1) {
            throw new NoSuchPage(
                    "clip '%s'".formatted(id),
                    "expected one clip of run '%s' with that id, found %d. See the run's clips."
                            .formatted(run, found.size()));
        }
        ClipLine clip = found.get(0);
        Optional<String> picture = thumbnail(identity, clip).map(file -> new ArtifactLinks(identity).link(file));
        Optional<LineageNode> node = new LineageReader(jdbc).find(new NodeKey(NodeKind.CLIP, clip.clip()));
        return Html.answer(Page.titled("Clip " + clip.clip())
                .of(run, "clips")
                .with(ClipView.story(run, query.story(clip), picture, node.map(LineageNode::key))));
    }

    private List<CuratedVideoResult> results(
            RunIdentity run, ClipQuery query, List<SourceVideo> videos, String decision) {
        List<CuratedVideoResult> all = curation(run).videos(run.name(), videos);
        if (decision.isEmpty()) {
            return all;
        }
        Set<String> wanted = query
                .ofVideos(videos.stream().map(SourceVideo::path).toList())
                .stream()
                .filter(clip -> clip.decision().equals(decision))
                .map(ClipLine::clip)
                .collect(Collectors.toSet());
        return all.stream().map(video -> only(video, wanted)).toList();
    }

    private static CuratedVideoResult only(CuratedVideoResult video, Set<String> wanted) {
        return new CuratedVideoResult(
                video.name(),
                video.rights(),
                video.width(),
                video.height(),
                video.frames(),
                video.fps(),
                video.transitions(),
                video.clips().stream()
                        .filter(clip -> wanted.contains(clip.id()))
                        .toList(),
                video.faults());
    }

    private Optional<Path> thumbnail(RunIdentity run, ClipLine clip) {
        List<SourceVideo> video = new VideoCatalog(jdbc)
                .all(run.name()).stream()
                        .filter(each -> each.path().equals(clip.video()))
                        .toList();
        return curation(run).videos(run.name(), video).stream()
                .flatMap(each -> each.clips().stream())
                .filter(each -> each.id().equals(clip.clip()))
                .map(Clip::thumbnail)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private CurationResults curation(RunIdentity run) {
        return new CurationResults(
                new VideoCatalog(jdbc),
                new DecisionCatalog(jdbc),
                new StageCatalog(jdbc),
                ArtifactFolders.asTheyAre(new ArtifactStore(run.workspace())),
                CurateVideosPlanner.STEP);
    }
}
