package dev.mugv.steps.evaluation;

import dev.mugv.model.format.CurateVideoOrder;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.format.FilterChecks;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.ClipCaption;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.report.CuratedVideoResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What curation found in each video, and what became of its clips. */
public final class CurationResults {
    private static final String NO_DECISION = "not decided";

    private final VideoCatalog videos;
    private final DecisionCatalog decisions;
    private final StageCatalog stages;
    private final ArtifactFolders folders;
    private final String curateStep;

    /**
     * @param curateStep step whose artifacts are labelled by the videos' paths
     */
    public CurationResults(
            VideoCatalog videos,
            DecisionCatalog decisions,
            StageCatalog stages,
            ArtifactFolders folders,
            String curateStep) {
        this.videos = videos;
        this.decisions = decisions;
        this.stages = stages;
        this.folders = folders;
        this.curateStep = curateStep;
    }

    /** One result a file of the folder, those that were refused included. */
    List<CuratedVideoResult> videos(String run) {
        return videos(run, videos.all(run));
    }

    /** Results of some files of the folder. */
    public List<CuratedVideoResult> videos(String run, List<SourceVideo> some) {
        Map<String, StageArtifact> curated = stages.artifacts(run, curateStep).stream()
                .collect(Collectors.toMap(StageArtifact::label, Function.identity()));
        Clips clips = new Clips(
                decisions.decisions(run).stream().collect(Collectors.toMap(ClipDecision::clipId, Function.identity())),
                decisions.captions(run).stream().collect(Collectors.toMap(ClipCaption::clipId, ClipCaption::caption)));
        List<CuratedVideoResult> results = new ArrayList<>();
        for (SourceVideo video : some) {
            StageArtifact artifact = curated.get(video.path());
            results.add(
                    artifact == null || video.state() != SourceVideo.State.ADMITTED
                            ? refused(video)
                            : curated(video, folders.of(artifact.ref()), clips));
        }
        return results;
    }

    /**
     * The picture of each clip of some videos, as far as what curation made of the video is still there.
     *
     * @param contents hashes of the videos: reading what was found in all of them takes seconds where there are thousands
     */
    public Map<String, Path> thumbnails(String run, Set<String> contents) {
        Set<String> paths = videos.admitted(run).stream()
                .filter(video -> video.sha256().filter(contents::contains).isPresent())
                .map(SourceVideo::path)
                .collect(Collectors.toSet());
        Map<String, Path> thumbnails = new HashMap<>();
        for (StageArtifact artifact : stages.artifacts(run, curateStep)) {
            if (!paths.contains(artifact.label())) {
                continue;
            }
            folders.find(artifact.ref())
                    .ifPresent(folder -> Json.read(folder.resolve(CurateVideoOrder.VIDEO_FILE), CuratedVideo.class)
                            .clips()
                            .forEach(clip -> thumbnails.put(clip.clipId(), folder.resolve(clip.thumbnail()))));
        }
        return thumbnails;
    }

    /** What filters made of the planted set, in the order of the plan. */
    List<FilterChecks.Check> filterChecks(String run, String step) {
        return stages.artifacts(run, step).stream()
                .map(artifact -> folders.of(artifact.ref()).resolve(FilterChecks.FILE_NAME))
                .flatMap(file -> Json.read(file, FilterChecks.class).checks().stream())
                .toList();
    }

    private record Clips(Map<String, ClipDecision> decisions, Map<String, String> captions) {}

    private static CuratedVideoResult refused(SourceVideo video) {
        return new CuratedVideoResult(
                video.path(), rights(video), 0, 0, 0, 0, List.of(), List.of(), List.of(video.reason()));
    }

    private static CuratedVideoResult curated(SourceVideo source, Path folder, Clips clips) {
        CuratedVideo video = Json.read(folder.resolve(CurateVideoOrder.VIDEO_FILE), CuratedVideo.class);
        return new CuratedVideoResult(
                source.path(),
                rights(source),
                video.properties().width(),
                video.properties().height(),
                video.frames(),
                video.fps(),
                video.transitions().stream()
                        .map(transition -> new CuratedVideoResult.Transition(
                                transition
                                        .kind()
                                        .name()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', ' '),
                                transition.firstFrame(),
                                transition.endFrame()))
                        .toList(),
                video.clips().stream().map(clip -> clip(clip, folder, clips)).toList(),
                source.reason().isEmpty() ? List.of() : List.of(source.reason()));
    }

    private static CuratedVideoResult.Clip clip(CuratedClip clip, Path folder, Clips clips) {
        Optional<ClipDecision> decision = Optional.ofNullable(clips.decisions().get(clip.clipId()));
        String reason = decision.map(ClipDecision::reason).orElse(NO_DECISION);
        String detail = decision.map(ClipDecision::detail).orElse("");
        return new CuratedVideoResult.Clip(
                clip.clipId(),
                clip.range().firstFrame(),
                clip.range().endFrame(),
                Optional.of(folder.resolve(clip.thumbnail())),
                clips.captions().getOrDefault(clip.clipId(), ""),
                reason.isEmpty() ? List.of() : List.of(detail.isEmpty() ? reason : reason + ": " + detail),
                Optional.empty(),
                clip.scores());
    }

    private static String rights(SourceVideo video) {
        return video.screening().licence() + ", "
                + video.screening().allowedUse().name().toLowerCase(Locale.ROOT);
    }
}
