import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.ClipDuplicates;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.format.FilterChecks;
import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.model.format.ModelBenchmark;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.PlateauLooks;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.Transition;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.format.ValidationLine;
import dev.mugv.model.format.WidthExpansion;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Checks what a completed demo left behind against what is known of the sample clips and against stated bounds. Run by CI
 * as {@code java -cp 'jobs/target/mugv/controller/lib/*' ops/demo/CheckDemo.java WORKSPACE}, on a workspace in which the demo
 * ran once. Exit code 1 when a line says FAILED.
 */
class CheckDemo {
    /**
     * Smallest fall of the loss on a stage's own validation grid, first divided by last. Measured values stand in
     * ops/bench/README.md; the bounds leave room for another processor's rounding. Later stages start from a trained model
     * and see four held-out clips, so they are held to not losing what was reached.
     */
    private static final Map<String, Double> MIN_FALL = new TreeMap<>(Map.of(
            "vae", 1.5,
            "proxy", 1.3,
            "motion", 1.005,
            "length", 1.005,
            "size", 1.02,
            "finetune", 1.0));

    /** Filters that the planted set is for. */
    private static final List<String> FILTERS = List.of(
            "hard-cuts", "dissolves", "fades", "sharpness", "exposure", "motion", "aesthetic", "border-share", "shake",
            "repeated-share", "duplicates");

    /** Stages of alignment, one for each loss. */
    private static final Set<String> ALIGNMENTS = Set.of("pairs", "single", "physics");

    /** What is tried before the finetuned model is published. */
    private static final List<String> MERGE_CANDIDATES = List.of(
            "last", "decay-0.1", "decay-0.4", "decay-0.7", "decay-1.0", "ema-0.9", "power-0.05", "power-0.1", "length-0.07",
            "length-0.15");

    private static final double LEAST_FIGURE = 0.9;

    private static final double MAX_EXPANSION_DIFFERENCE = 1e-5;

    /** What a run of the whole pipeline leaves in the graph, each at least once. */
    private static final List<String> KINDS = List.of(
            "video", "clip", "caption", "text-encoder", "text-features", "latent", "curation", "comparison", "captions", "shard",
            "manifest", "configuration", "code-version", "environment", "node", "slurm-job", "attempt", "vae", "training",
            "checkpoint", "merge", "sample", "samples", "label", "labels", "evaluation", "report",
            "check");

    private final Path artifacts;
    private final Map<String, String> sampleByHash = new HashMap<>();
    private int failures;

    private CheckDemo(Path workspace, Path samples) throws IOException {
        this.artifacts = workspace.resolve("artifacts");
        try (Stream<Path> files = Files.list(samples)) {
            files.filter(file -> file.toString().endsWith(".mp4"))
                    .forEach(file -> sampleByHash.put(Sha256.ofFile(file), file.getFileName().toString()));
        }
    }

    public static void main(String[] arguments) throws IOException {
        CheckDemo check = new CheckDemo(Path.of(arguments[0]), Path.of("ops", "demo", "videos"));
        Map<String, String> videoByClip = check.cuts();
        check.duplicates(videoByClip);
        check.filters();
        check.losses();
        check.search();
        check.expansion();
        check.cards();
        check.people(Path.of(arguments[0]));
        check.lineage(Path.of(arguments[0]));
        System.out.println(check.failures == 0 ? "demo: all checks passed" : "demo: " + check.failures + " FAILED");
        System.exit(check.failures == 0 ? 0 : 1);
    }

    /** One card a checkpoint, of the samples that were made from pictures; too few for a total, and far from real videos. */
    private void cards() throws IOException {
        List<Path> files = published("benchmark-model", ModelBenchmark.FILE_NAME);
        expect(files.size() == 3, "cards: expected one of each of 3 checkpoints, found " + files.size());
        for (Path file : files) {
            ModelBenchmark card = Json.read(file, ModelBenchmark.class);
            expect(
                    card.dimensions().size() == 7
                            && card.dimensions().stream().allMatch(measured -> measured.scores().size() == 2)
                            && card.totals().total().isEmpty(),
                    "card of %s: 7 of 9 dimensions over 2 samples, no total, found %s"
                            .formatted(card.checkpoint(), card.dimensions().stream().map(d -> d.dimension().code()).toList()));
            expect(
                    card.distance()
                            .filter(found -> found.generated() == 4 && found.real() >= 3)
                            .filter(found -> found.low() <= found.distance() && found.distance() <= found.high())
                            .isPresent(),
                    "card of %s: distance of 4 videos to real ones in its interval, found %s"
                            .formatted(card.checkpoint(), card.distance()));
        }
    }

    /** Labels of three annotators, told by name in the file that trainings read; the study of the evaluation in the report. */
    private void people(Path workspace) throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> labels = Files.list(workspace.resolve("labels"))) {
            for (Path file : labels.toList()) {
                files.add(Files.readString(file));
            }
        }
        expect(files.size() == 1, "labels: one file that trainings read, found " + files.size());
        for (String csv : files) {
            PreferenceLabels labels = PreferenceLabels.parse(csv);
            expect(
                    !labels.pairs().isEmpty() && !labels.absolutes().isEmpty(),
                    "labels: %d pairs and %d samples with a majority".formatted(labels.pairs().size(), labels.absolutes().size()));
            expect(
                    labels.givenBy().size() == labels.pairs().size() + labels.absolutes().size()
                            && labels.givenBy().values().stream()
                                    .allMatch(said -> said.matches("scripted-ann:\\S+ scripted-ben:\\S+ scripted-cho:\\S+")),
                    "labels: each by three scripted annotators, who are named");
        }
        String report = Files.readString(workspace.resolve("report").resolve("index.html"));
        expect(report.contains("Human study study-"), "report: it has the table of the human study");
    }

    private void expect(boolean holds, String fact) {
        System.out.println((holds ? "ok      " : "FAILED  ") + fact);
        failures += holds ? 0 : 1;
    }

    private List<Path> published(String task, String file) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> folders = Files.list(artifacts.resolve(task))) {
            folders.map(folder -> folder.resolve(file)).filter(Files::exists).sorted().forEach(found::add);
        }
        return found;
    }

    private Map<String, String> cuts() throws IOException {
        Map<String, String> videoByClip = new HashMap<>();
        int videos = 0;
        for (Path file : published("curate-video", "video.json")) {
            CuratedVideo video = Json.read(file, CuratedVideo.class);
            String name = sampleByHash.getOrDefault(video.videoSha256(), "unknown video");
            video.clips().forEach(clip -> videoByClip.put(clip.clipId(), name));
            videos++;
            List<Transition> found = video.transitions();
            switch (name) {
                case "bunny-two-cuts.mp4" -> expect(
                        found.size() == 2 && near(found.get(0), 210) && near(found.get(1), 324),
                        name + ": hard cuts at 210 and 324 within one frame, found " + found);
                case "city-dissolve.mp4" -> expect(
                        found.size() == 2 && inside(found.get(0), 126, 150) && inside(found.get(1), 280, 294),
                        name + ": dissolves inside 126-150 and 280-294, found " + found);
                default -> expect(found.isEmpty(), name + ": one shot, found " + found);
            }
        }
        expect(videos == sampleByHash.size(), "curated " + videos + " of " + sampleByHash.size() + " videos");
        return videoByClip;
    }

    private static boolean near(Transition transition, int frame) {
        return transition.kind() == Transition.Kind.HARD_CUT && Math.abs(transition.cut() - frame) <= 1;
    }

    private static boolean inside(Transition transition, int first, int last) {
        return transition.kind() == Transition.Kind.DISSOLVE && transition.cut() >= first && transition.cut() <= last;
    }

    private void duplicates(Map<String, String> videoByClip) throws IOException {
        for (Path file : published("compare-clips", "duplicates.json")) {
            List<ClipDuplicates.Pair> pairs = Json.read(file, ClipDuplicates.class).pairs();
            long foreign = pairs.stream()
                    .filter(pair -> !isBridgePair(videoByClip, pair.clipId(), pair.otherId()))
                    .count();
            long matched = videoByClip.entrySet().stream()
                    .filter(clip -> clip.getValue().equals("bridge-orbit-reencoded.mp4"))
                    .filter(clip -> pairs.stream()
                            .anyMatch(pair -> pair.clipId().equals(clip.getKey()) || pair.otherId().equals(clip.getKey())))
                    .count();
            long clips = videoByClip.values().stream()
                    .filter("bridge-orbit-reencoded.mp4"::equals)
                    .count();
            expect(
                    foreign == 0 && matched == clips && clips > 0,
                    "duplicates: %d of %d re-encoded bridge clips matched, %d pairs elsewhere"
                            .formatted(matched, clips, foreign));
        }
    }

    private static boolean isBridgePair(Map<String, String> videoByClip, String one, String other) {
        String first = videoByClip.getOrDefault(one, "");
        String second = videoByClip.getOrDefault(other, "");
        return first.startsWith("bridge-orbit") && second.startsWith("bridge-orbit") && !first.equals(second);
    }

    /** What filters made of the planted set: all of it measured, and every figure at its floor at least. */
    private void filters() throws IOException {
        int groups = 0;
        Map<String, FilterChecks.Check> checks = new TreeMap<>();
        for (Path file : published("check-filters", FilterChecks.FILE_NAME)) {
            groups++;
            FilterChecks found = Json.read(file, FilterChecks.class);
            expect(found.clips() >= 2, "filters: " + found.clips() + " clean clips planted into, at least 2");
            found.checks().forEach(check -> checks.put(check.filter(), check));
        }
        expect(groups == 3, "filters: measured in " + groups + " of 3 groups");
        for (String filter : FILTERS) {
            FilterChecks.Check check = checks.get(filter);
            expect(
                    check != null
                            && check.precision().orElse(0) >= LEAST_FIGURE
                            && check.recall().orElse(0) >= LEAST_FIGURE,
                    "filter " + filter + ": precision and recall of at least " + LEAST_FIGURE + ", found "
                            + (check == null ? "nothing" : check.precision() + " and " + check.recall() + ", " + check));
        }
    }

    private void losses() throws IOException {
        List<Path> summaries = new ArrayList<>(published("train-vae", "summary.json"));
        summaries.addAll(published("train-model", "summary.json"));
        Map<String, Double> missing = new TreeMap<>(MIN_FALL);
        Set<String> aligned = new TreeSet<>();
        for (Path file : summaries) {
            TrainingSummary summary = Json.read(file, TrainingSummary.class);
            Double bound = missing.remove(summary.stage());
            if (bound != null) {
                double fall = summary.firstValidationLoss() / summary.lastValidationLoss();
                expect(
                        fall >= bound,
                        "%s: validation loss %.4f to %.4f, falls by %.3f, at least %.3f"
                                .formatted(
                                        summary.stage(),
                                        summary.firstValidationLoss(),
                                        summary.lastValidationLoss(),
                                        fall,
                                        bound));
            }
            if (summary.more().containsKey("preference-margin")) {
                double margin = summary.more().getOrDefault("preference-margin", Double.NaN);
                aligned.add(summary.stage());
                double share = summary.more().getOrDefault("preferred-share", Double.NaN);
                expect(
                        margin > 0 && share > 0.5,
                        "%s: prefers the preferred samples more than its reference does: margin %.4f, share %.2f"
                                .formatted(summary.stage(), margin, share));
            }
        }
        expect(missing.isEmpty(), "stages without a summary: " + missing.keySet());
        expect(aligned.equals(ALIGNMENTS), "aligned by DPO, KTO and RDPO in turn: " + aligned);
        expect(!published("merge-checkpoints", ModelDescription.FILE_NAME).isEmpty(), "the SFT checkpoints are merged");
        for (Path file : published("merge-checkpoints", CheckpointMerge.FILE_NAME)) {
            CheckpointMerge merge = Json.read(file, CheckpointMerge.class);
            expect(
                    tried(merge).equals(MERGE_CANDIDATES)
                            && merge.candidates().stream().allMatch(tried -> Double.isFinite(tried.validationLoss())),
                    "the finetuned model is chosen of last weights, merged checkpoints, kept and synthesised averages: "
                            + tried(merge) + ", " + merge.reason());
            double chosen = merge.candidates().stream()
                    .filter(tried -> tried.name().equals(merge.chosen()))
                    .mapToDouble(CheckpointMerge.Candidate::validationLoss)
                    .findFirst()
                    .orElse(Double.NaN);
            expect(
                    merge.candidates().stream().allMatch(tried -> tried.validationLoss() >= chosen),
                    "what is published has the least validation loss: " + merge.chosen());
        }
    }

    /** Three trials, of which four held-out clips decide nothing and say so; what is stated is carried to the wide model. */
    private void search() throws IOException {
        List<Path> files = published("choose-trial", HyperParameterSearch.FILE_NAME);
        expect(files.size() == 1, "search: one choice, found " + files.size());
        for (Path file : files) {
            HyperParameterSearch search = Json.read(file, HyperParameterSearch.class);
            expect(
                    search.trials().size() == 3
                            && search.trials().stream().allMatch(trial -> trial.loss().filter(Double::isFinite).isPresent()),
                    "search: 3 trials with losses " + search.trials());
            expect(
                    !search.decided() && search.chosen() == 0 && search.found().learningRate() == 2e-3,
                    "search: with %d clips nothing is decided and what is stated stays: %s"
                            .formatted(search.clips(), search.reason()));
        }
        List<Path> plateaus = published("train-model", PlateauLooks.FILE_NAME);
        expect(plateaus.size() == 1, "plateau rule: asked in one stage, found " + plateaus.size());
        for (Path file : plateaus) {
            PlateauLooks looks = Json.read(file, PlateauLooks.class);
            List<ValidationLine> lines = ValidationLine.readAll(file.resolveSibling(ValidationLine.FILE_NAME));
            expect(
                    looks.stage().equals("proxy") && looks.looks().isEmpty() && lines.size() == 9,
                    "plateau rule: '%s' %s, after %d validations".formatted(looks.stage(), looks.words(), lines.size()));
        }
    }

    private static List<String> tried(CheckpointMerge merge) {
        return merge.candidates().stream().map(CheckpointMerge.Candidate::name).toList();
    }

    private void expansion() throws IOException {
        for (Path file : published("expand-width", WidthExpansion.FILE_NAME)) {
            WidthExpansion expansion = Json.read(file, WidthExpansion.class);
            expect(
                    expansion.differenceBeforeNoise() <= MAX_EXPANSION_DIFFERENCE,
                    "expansion: outputs differ by %.2e before noise, at most %.0e"
                            .formatted(expansion.differenceBeforeNoise(), MAX_EXPANSION_DIFFERENCE));
        }
    }

    /** Every artefact is in the graph, with no orphan. */
    private void lineage(Path workspace) throws IOException {
        Process mugv = new ProcessBuilder("./mugv", "lineage", "check", "--workspace", workspace.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(mugv.getInputStream().readAllBytes()).strip();
        try {
            expect(mugv.waitFor() == 0, "lineage: " + said);
            for (String kind : KINDS) {
                expect(said.matches("(?s).*\\b\\d+ " + kind + "(,.*|\\s*)"), "lineage has nodes of kind " + kind);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
