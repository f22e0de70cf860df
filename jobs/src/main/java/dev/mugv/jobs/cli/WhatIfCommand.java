package dev.mugv.jobs.cli;

import dev.mugv.model.config.ClipFilters;
import dev.mugv.model.config.Range;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCatalog;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.curation.CurateVideosPlanner;
import dev.mugv.steps.curation.FilterForecast;
import dev.mugv.steps.curation.FilterForecast.Border;
import dev.mugv.steps.curation.FilterForecast.Change;
import dev.mugv.steps.curation.FilterForecast.Clips;
import dev.mugv.steps.curation.FilterForecast.Kept;
import dev.mugv.steps.curation.FilterForecast.Neighbour;
import dev.mugv.steps.evaluation.ArtifactFolders;
import dev.mugv.steps.evaluation.CurationResults;
import dev.mugv.steps.report.FilterComparison;
import dev.mugv.steps.report.ReportFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv clips what-if}. */
@Command(
        name = "what-if",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Says what other filters would keep, from the scores that were measured, and changes nothing.",
            "",
            "A RANGE is 4.8 (at least), ..20 (at most), 1.5..20, or any. Scores that are not named here keep the filter that the run's configuration gives them."
        },
        footer = {
            "",
            "Examples:",
            "  mugv clips what-if --aesthetic 4.8 --motion 1.5..20",
            "  mugv clips what-if --sharpness any --show 12 --json"
        })
final class WhatIfCommand extends RunQuestion<WhatIfCommand.Answer> {
    private static final int MOST_NAMED = 20;

    /** The ranges that were given, by score. */
    private final SortedMap<String, ScoreRange> given = new TreeMap<>();

    @Option(
            names = "--show",
            paramLabel = "N",
            defaultValue = "6",
            description = "Most clips to show on each side of a limit (default: ${DEFAULT-VALUE}).")
    private int shown;

    @Option(
            names = "--page",
            paramLabel = "FOLDER",
            description = "Folder for the page with the pictures (default: what-if in the workspace).")
    private @Nullable Path page;

    /** Adds an option for every filter that there is. */
    @Spec(Spec.Target.SELF)
    void addFilters(CommandSpec self) {
        ClipFilters.measures()
                .forEach((score, measure) -> self.addOption(OptionSpec.builder("--" + score)
                        .paramLabel("RANGE")
                        .type(ScoreRange.class)
                        .converters(new ScoreRange.Converter())
                        .setter(new Given(score))
                        .description(measure)
                        .build()));
    }

    /** Takes the range of a score as picocli reads it. */
    private final class Given implements ISetter {
        private final String score;

        Given(String score) {
            this.score = score;
        }

        // Picocli's signature: the old value is asked for and may be null, which clears the option before each reading.
        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        public <T> @Nullable T set(@Nullable T value) {
            ScoreRange before = value == null ? given.remove(score) : given.put(score, (ScoreRange) value);
            return (T) before;
        }
    }

    /**
     * What the command answers.
     *
     * @param filters the ranges that were tried, in words, by score
     * @param page the page with the pictures
     */
    record Answer(
            SortedMap<String, String> filters,
            Kept now,
            Kept then,
            List<Change> changes,
            List<Border> borders,
            String page) {}

    @Override
    Answer answer(SelectedRun run) {
        if (shown < 1) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot show clips at the limits: expected --show of at least 1, found %d. Correct it."
                            .formatted(shown));
        }
        String name = run.identity().name();
        Path workspace = run.identity().workspace();
        SortedMap<String, Range> present =
                run.configuration().curation().filters().byScore();
        SortedMap<String, Range> other = other(present);
        return new RunView(run).ask(jdbc -> {
            Clips clips = clips(jdbc, name);
            requireMeasured(clips, other);
            FilterForecast forecast = FilterForecast.of(clips, present, other, shown);
            Map<String, Path> thumbnails = new CurationResults(
                            new VideoCatalog(jdbc),
                            new DecisionCatalog(jdbc),
                            new StageCatalog(jdbc),
                            ArtifactFolders.asTheyAre(new ArtifactStore(workspace)),
                            CurateVideosPlanner.STEP)
                    .thumbnails(name, shown(forecast, clips));
            Path written = ReportFolder.write(
                    new FilterComparison(name, present, other, forecast, thumbnails),
                    page == null ? workspace.resolve("what-if") : page.toAbsolutePath());
            return answered(other, forecast, written);
        });
    }

    static Answer answered(SortedMap<String, Range> filters, FilterForecast forecast, Path page) {
        return new Answer(
                filters.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                filter -> FilterComparison.text(filter.getValue()),
                                (first, second) -> first,
                                TreeMap::new)),
                forecast.now(),
                forecast.then(),
                forecast.changes(),
                forecast.borders(),
                page.toString());
    }

    private static Clips clips(JdbcClient jdbc, String run) {
        DecisionCatalog decisions = new DecisionCatalog(jdbc);
        List<CatalogedClip> clips = new ClipCatalog(jdbc)
                .ofVideos(new VideoCatalog(jdbc)
                        .admitted(run).stream()
                                .map(SourceVideo::sha256)
                                .flatMap(Optional::stream)
                                .toList());
        if (clips.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot say what other filters would keep of run '%s': expected measured clips, found none. Run 'mugv run --job curate-videos'."
                            .formatted(run));
        }
        return new Clips(clips, decisions.duplicates(run));
    }

    private SortedMap<String, Range> other(SortedMap<String, Range> present) {
        SortedMap<String, Range> other = new TreeMap<>(present);
        given.forEach((score, range) -> {
            other.remove(score);
            range.range().ifPresent(inside -> other.put(score, inside));
        });
        return other;
    }

    private static void requireMeasured(Clips clips, SortedMap<String, Range> filters) {
        for (String score : filters.keySet()) {
            long without = clips.clips().stream()
                    .filter(clip -> !clip.scores().containsKey(score))
                    .count();
            if (without > 0) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot try a filter of '%s': expected the score of all %d clips, found %d without it. Configure what measures it and run 'mugv run --job curate-videos', or leave --%s out."
                                .formatted(score, clips.clips().size(), without, score));
            }
        }
    }

    /** Videos of the clips that the page shows. */
    private static Set<String> shown(FilterForecast forecast, Clips clips) {
        Set<String> ids = forecast.borders().stream()
                .flatMap(border -> Stream.concat(border.justLost().stream(), border.justKept().stream()))
                .map(Neighbour::clipId)
                .collect(Collectors.toSet());
        return clips.clips().stream()
                .filter(clip -> ids.contains(clip.clipId()))
                .map(CatalogedClip::videoSha256)
                .collect(Collectors.toSet());
    }

    @Override
    void print(Answer answer, PrintWriter out) {
        out.println("%-24s %12s %12s".formatted("clips", "now", "then"));
        out.println("%-24s %12d %12d"
                .formatted("kept", answer.now().clips(), answer.then().clips()));
        out.println(String.format(
                Locale.ROOT,
                "%-24s %12.1f %12.1f",
                "kept, seconds",
                answer.now().seconds(),
                answer.then().seconds()));
        TreeSet<String> reasons = new TreeSet<>(answer.now().rejected().keySet());
        reasons.addAll(answer.then().rejected().keySet());
        for (String reason : reasons) {
            out.println("%-24s %12d %12d"
                    .formatted(
                            reason,
                            answer.now().rejected().getOrDefault(reason, 0L),
                            answer.then().rejected().getOrDefault(reason, 0L)));
        }
        out.println();
        printChanges("lost", answer.changes().stream().filter(Change::isLost).toList(), out);
        printChanges("won", answer.changes().stream().filter(Change::isWon).toList(), out);
        for (Border border : answer.borders()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%s %s %.4g loses %d by itself",
                    border.score(),
                    border.side() == FilterForecast.Side.AT_LEAST ? "at least" : "at most",
                    border.limit(),
                    border.lost()));
            out.println("  just lost  " + names(border.justLost()));
            out.println("  just kept  " + names(border.justKept()));
        }
        out.println();
        out.println("Pictures: " + answer.page());
    }

    private static void printChanges(String name, List<Change> changes, PrintWriter out) {
        out.println(changes.size() + " " + name);
        for (Change change : changes.subList(0, Math.min(MOST_NAMED, changes.size()))) {
            out.println("  %s  %s%s"
                    .formatted(
                            change.clipId(),
                            change.isLost() ? change.then() : change.now(),
                            change.detail().isEmpty() ? "" : ": " + change.detail()));
        }
        if (changes.size() > MOST_NAMED) {
            out.println("  and " + (changes.size() - MOST_NAMED) + " more: --json names them all");
        }
    }

    private static String names(List<Neighbour> clips) {
        return clips.isEmpty()
                ? "none"
                : clips.stream()
                        .map(clip -> String.format(Locale.ROOT, "%s (%.4g)", clip.clipId(), clip.value()))
                        .collect(Collectors.joining(", "));
    }
}
