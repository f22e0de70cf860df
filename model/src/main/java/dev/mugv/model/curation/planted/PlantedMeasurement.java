package dev.mugv.model.curation.planted;

import dev.mugv.model.config.LengthRange;
import dev.mugv.model.curation.AestheticScorer;
import dev.mugv.model.curation.PictureModelScores;
import dev.mugv.model.curation.VideoCurator;
import dev.mugv.model.curation.VideoCurator.Curation;
import dev.mugv.model.curation.planted.PlantedFolder.Planted;
import dev.mugv.model.format.CheckFiltersOrder.Group;
import dev.mugv.model.format.CheckFiltersOrder.Rules;
import dev.mugv.model.format.CheckFiltersOrder.Settings;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.format.FilterChecks;
import dev.mugv.model.format.FilterChecks.Check;
import dev.mugv.model.format.FilterChecks.Variant;
import dev.mugv.model.format.PlantedEdit;
import dev.mugv.model.run.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Plants what one group of filters looks for, lets the filters look, and counts. */
public final class PlantedMeasurement {
    /** Planted videos last from one second, of which clean clips have a little more, to two. */
    private static final LengthRange LENGTH = new LengthRange(Duration.ofMillis(900), Duration.ofSeconds(20));

    /** Clips of given videos: long enough to plant into. */
    private static final LengthRange GIVEN_LENGTH = new LengthRange(Duration.ofSeconds(2), Duration.ofSeconds(5));

    /** Nothing of the product looks for these by itself; a model of the text that is laid over pictures may be named. */
    private static final List<PlantedEdit> UNMEASURED = List.of(PlantedEdit.SPED, PlantedEdit.TEXT, PlantedEdit.LOGO);

    private final Settings settings;
    private final Rules rules;
    private final AestheticScorer scorer;
    private final PictureModelScores models;
    private final int threads;

    public PlantedMeasurement(
            Settings settings, Rules rules, AestheticScorer scorer, PictureModelScores models, int threads) {
        this.models = models;
        this.settings = settings;
        this.rules = rules;
        this.scorer = scorer;
        this.threads = threads;
    }

    /** Told after each video; may end the work by throwing. */
    @FunctionalInterface
    public interface VideoListener {
        void measured(int videos);
    }

    /**
     * Measures one group of filters.
     *
     * @param candidates clean clips, the preferred first
     * @param folder where the planted videos and their truth are left
     */
    public FilterChecks measure(Group group, List<ClipSource> candidates, Path folder, VideoListener listener) {
        List<CleanClip> clips = CleanClips.choose(candidates, settings);
        PlantedFolder planted = new PlantedFolder(folder, settings.seed(), clips);
        List<Check> checks = switch (group) {
            case TRANSITIONS -> transitions(clips, planted, listener);
            case SCORES -> scores(clips, planted, listener);
            case DUPLICATES -> duplicates(clips, planted, listener);
        };
        planted.writeTruth();
        return new FilterChecks(clips.size(), checks);
    }

    private List<Check> transitions(List<CleanClip> clips, PlantedFolder planted, VideoListener listener) {
        TransitionChecks checks = new TransitionChecks(threads);
        // A change of shot needs two shots.
        List<Films.Film> films = clips.size() < 2 ? List.of() : Films.of(clips);
        for (int number = 0; number < films.size(); number++) {
            checks.add(planted.film(films.get(number), number));
            listener.measured(number + 1);
        }
        return checks.checks();
    }

    private List<Check> scores(List<CleanClip> clips, PlantedFolder planted, VideoListener listener) {
        ScoreChecks checks = new ScoreChecks(rules.ranges());
        List<PlantedEdit> unmeasured = UNMEASURED.stream()
                .filter(edit -> !checks.edits().contains(edit))
                .toList();
        int videos = 0;
        for (int clip = 0; clip < clips.size(); clip++) {
            for (PlantedEdit edit : checks.edits()) {
                curate(planted.edited(edit, clip), planted)
                        .video()
                        .clips()
                        .forEach(measured -> checks.add(edit, measured));
                listener.measured(++videos);
            }
            for (PlantedEdit edit : unmeasured) {
                planted.edited(edit, clip);
            }
        }
        List<Check> all = new ArrayList<>(checks.checks());
        for (PlantedEdit edit : unmeasured) {
            all.add(new Check(
                    edit.label(), Optional.empty(), List.of(new Variant(edit.label(), clips.size(), 0)), 0, 0));
        }
        return all;
    }

    private List<Check> duplicates(List<CleanClip> clips, PlantedFolder planted, VideoListener listener) {
        DuplicateChecks checks = new DuplicateChecks(rules.maxDistance());
        int videos = 0;
        List<PlantedEdit> edits = new ArrayList<>(DuplicateChecks.COPIES);
        edits.add(0, PlantedEdit.CLEAN);
        for (int clip = 0; clip < clips.size(); clip++) {
            for (PlantedEdit edit : edits) {
                Planted video = planted.edited(edit, clip);
                checks.add(video, curate(video, planted));
                listener.measured(++videos);
            }
        }
        return List.of(checks.check());
    }

    /**
     * Clips of a video that no filter rejects, as candidates for clean ones.
     *
     * @param pictures a folder for the while
     */
    public List<ClipSource> soundClips(Path video, String sha256, Path pictures) {
        CuratedVideo found = curate(video, sha256, GIVEN_LENGTH, pictures).video();
        return found.clips().stream()
                .filter(clip -> rules.ranges().entrySet().stream()
                        .allMatch(rule -> rule.getValue().contains(clip.score(rule.getKey()))))
                .map(clip -> found.source(clip, video))
                .toList();
    }

    private Curation curate(Planted video, PlantedFolder planted) {
        return curate(video.file(), Sha256.ofFile(video.file()), LENGTH, planted.pictures());
    }

    /** As a run curates; the pictures of clips are not kept. */
    private Curation curate(Path video, String sha256, LengthRange length, Path pictures) {
        Curation curation = new VideoCurator(length, scorer, models, threads)
                .curate(video, sha256, pictures, (frames, declared) -> {});
        try (Stream<Path> files = Files.walk(pictures)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return curation;
    }
}
