package dev.mugv.steps.curation;

import dev.mugv.model.config.ClipFilters;
import dev.mugv.model.config.CurationConfiguration;
import dev.mugv.model.config.PlantedChecks;
import dev.mugv.model.config.Range;
import dev.mugv.model.format.CheckFiltersOrder;
import dev.mugv.model.format.CheckFiltersOrder.GivenVideo;
import dev.mugv.model.format.CheckFiltersOrder.Group;
import dev.mugv.model.format.ClipScores;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCatalog;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans the measurement of filters on a planted set: a piece of work a group of filters. */
public final class CheckFiltersPlanner implements WorkPlanner {
    public static final String STEP = "check-filters";

    /** Candidates for each clean clip that is wanted: some resemble another. */
    private static final int CANDIDATES = 3;

    private final String run;
    private final CurationConfiguration curation;
    private final Catalogs catalogs;
    private final ContentLinks links;
    private final WorkResources resources;

    public CheckFiltersPlanner(
            String run,
            CurationConfiguration curation,
            Catalogs catalogs,
            ContentLinks links,
            WorkResources resources) {
        this.run = run;
        this.curation = curation;
        this.catalogs = catalogs;
        this.links = links;
        this.resources = resources;
    }

    /** Catalogs that the plan is read from. */
    public record Catalogs(VideoCatalog videos, ClipCatalog clips, StageCatalog stages) {}

    @Override
    public List<WorkItem> plan() {
        PlantedChecks planted = curation.planted();
        List<WorkItem> items = new ArrayList<>();
        if (planted.clips() > 0) {
            SortedMap<String, Range> rules = rules();
            List<GivenVideo> given = planted.folder().map(this::given).orElse(List.of());
            List<ClipSource> clips = given.isEmpty() ? candidates(rules) : List.of();
            // With nothing to plant into there is nothing to measure; the filters still decide.
            List<Group> groups = given.isEmpty() && clips.isEmpty() ? List.of() : List.of(Group.values());
            for (Group group : groups) {
                CheckFiltersOrder order = new CheckFiltersOrder(
                        group,
                        clips,
                        given,
                        new CheckFiltersOrder.Settings(
                                planted.clips(), planted.width(), planted.height(), planted.seed()),
                        new CheckFiltersOrder.Rules(
                                rules,
                                curation.duplicates().maxDistance(),
                                curation.aestheticModel().map(this::named),
                                curation.models().named(this::named)));
                items.add(new WorkItem(group.label(), TaskKind.CHECK_FILTERS, Json.tree(order), List.of(), resources));
            }
        }
        catalogs.stages().retain(run, STEP, items.stream().map(WorkItem::label).toList());
        return items;
    }

    /**
     * The run's own ranges, and the reference where it has none. Nothing is known of a learned model's scale: without a range of
     * the run's, it has no filter.
     */
    private SortedMap<String, Range> rules() {
        SortedMap<String, Range> rules = ClipFilters.reference();
        if (curation.aestheticModel().isPresent()) {
            rules.remove(ClipScores.AESTHETIC);
        }
        if (curation.models().textArea().isPresent()) {
            rules.put(ClipScores.TEXT_AREA, ClipFilters.REFERENCE_TEXT_AREA);
        }
        rules.putAll(curation.filters().byScore());
        return rules;
    }

    /** Clips that no filter rejects, in an order that the seed decides: the first of every video, then the second of each. */
    private List<ClipSource> candidates(SortedMap<String, Range> rules) {
        ClipFiltering filtering = new ClipFiltering(rules);
        Map<String, List<CatalogedClip>> byVideo = new TreeMap<>(catalogs
                .clips()
                .ofVideos(catalogs.videos().admitted(run).stream()
                        .map(SourceVideo::sha256)
                        .flatMap(Optional::stream)
                        .toList())
                .stream()
                .filter(filtering::passes)
                .sorted(Comparator.comparing((CatalogedClip clip) -> rank(clip.clipId())))
                .collect(Collectors.groupingBy(CatalogedClip::videoSha256)));
        List<List<CatalogedClip>> videos = byVideo.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, List<CatalogedClip>> video) -> rank(video.getKey())))
                .map(Map.Entry::getValue)
                .toList();
        int most = videos.stream().mapToInt(List::size).max().orElse(0);
        List<ClipSource> candidates = new ArrayList<>();
        for (int turn = 0; turn < most; turn++) {
            for (List<CatalogedClip> clips : videos) {
                if (turn < clips.size()) {
                    candidates.add(clips.get(turn).source());
                }
            }
        }
        return candidates.stream()
                .limit((long) CANDIDATES * curation.planted().clips())
                .toList();
    }

    private String rank(String id) {
        return Sha256.of((curation.planted().seed() + ":" + id).getBytes(StandardCharsets.US_ASCII));
    }

    private Path named(Path file) {
        return links.name(file).path();
    }

    private List<GivenVideo> given(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<GivenVideo> given = files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .map(links::name)
                    .map(named -> new GivenVideo(named.path(), named.sha256()))
                    .toList();
            if (given.isEmpty()) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot plan '%s': expected videos in '%s', found none. Correct 'curation.planted.folder' or remove it."
                                .formatted(STEP, folder));
            }
            return given;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
