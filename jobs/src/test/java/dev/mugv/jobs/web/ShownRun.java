package dev.mugv.jobs.web;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.jobs.batch.TestApplication;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.BenchmarkDimension;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.format.DecodeFaults;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.model.format.FrameRange;
import dev.mugv.model.format.GenerationItem.Conditioning;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.ModelBenchmark;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.format.Transition;
import dev.mugv.model.format.VideoProperties;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.steps.catalog.AlarmCatalog;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCaption;
import dev.mugv.steps.catalog.ClipCatalog;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.DuplicatePair;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.SourceVideo.AllowedUse;
import dev.mugv.steps.catalog.SourceVideo.Screening;
import dev.mugv.steps.catalog.SourceVideo.State;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.retention.WrittenArtifact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A run to be shown: curated, one stage trained, one under way, evaluated, with lineage; and words in all places that would be a
 * script if they were not escaped.
 */
final class ShownRun {
    static final String RUN = "demo";
    static final String HOSTILE = "<script>alert(1)</script> \"a\" & 'b' <img src=x onerror=alert(2)>";
    static final String KEPT = "a".repeat(16);
    static final String TWIN = "b".repeat(16);
    static final String STILL = "c".repeat(16);
    static final int UPDATES = 40;

    static final String ALARM = "Alarm: motion, t2v, is 50 % lower in ";

    /** Clips in the list that the training was made from: more than a page of a node shows. */
    static final int CLIPS = 130;

    static final String VIDEO = "ab".repeat(32);
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    static final String SECRET = "hunter2";
    private static final VideoShape SHAPE = new VideoShape(64, 64, 16, 8);
    private static final DitSize SIZE = new DitSize(72, 1, 16, 8);

    private final RunIdentity identity;
    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final StageCatalog stages;
    private ArtifactRef curation;
    private ArtifactRef model;
    private ArtifactRef evaluation;

    ShownRun(DatabaseAddress database, Path workspace) throws IOException {
        identity = new RunIdentity(RUN, workspace);
        DataSource source = database.dataSource();
        jdbc = JdbcClient.create(source);
        transactions = new TransactionTemplate(new JdbcTransactionManager(source));
        stages = new StageCatalog(jdbc);
        launch(database);
        curate();
        train();
        evaluate();
        score();
        trainOn();
        transactions.executeWithoutResult(status -> new LineageGraph(jdbc).record(ShownLineage.of(model, evaluation)));
    }

    RunIdentity identity() {
        return identity;
    }

    JdbcClient jdbc() {
        return jdbc;
    }

    /** What must not be on any page. */
    static String secret() {
        return SECRET;
    }

    String thumbnail() {
        return Links.file(
                RUN, "curate-video", new ArtifactKey(curation.key()).shortForm(), "thumbnails/" + KEPT + ".png");
    }

    String sample() {
        return Links.file(RUN, "evaluate-model", new ArtifactKey(evaluation.key()).shortForm(), "videos/one.mp4");
    }

    Path folder(String kind) {
        ArtifactRef ref = switch (kind) {
            case "curation" -> curation;
            case "model" -> model;
            default -> evaluation;
        };
        return new ArtifactStore(identity.workspace()).folder(ref.task(), new ArtifactKey(ref.key()));
    }

    String key(String kind) {
        return kind.equals("curation") ? curation.key() : kind.equals("model") ? model.key() : evaluation.key();
    }

    /** The training that is under way has done so many updates. */
    void progress(long done) throws IOException {
        AttemptFolder folder = AttemptFolder.of(identity.workspace(), TOKEN, 0);
        Instant now = Instant.now();
        Files.write(folder.heartbeat(0), Json.bytes(new Heartbeat(0, "node1", 1, now, now, done, UPDATES, "update")));
    }

    private void launch(DatabaseAddress database) {
        try (TestApplication application = new TestApplication(database, identity)) {
            application.launch(application.job(
                    "pipeline",
                    application.step("curate-videos", (contribution, chunk) -> RepeatStatus.FINISHED),
                    application.step("pretrain-motion", (contribution, chunk) -> {
                        throw new WorkFailure(FailureKind.DIVERGED, "Cannot go on: " + HOSTILE + ". Lower the rate.");
                    })));
        }
    }

    private void curate() throws IOException {
        Screening rights = new Screening("here", "MIT", "not needed", AllowedUse.TRAINING);
        new VideoCatalog(jdbc)
                .replace(
                        RUN,
                        List.of(
                                new SourceVideo("bridge.mp4", Optional.of(VIDEO), 10, rights, State.ADMITTED, ""),
                                new SourceVideo(
                                        "<b>box & cat.mp4",
                                        Optional.empty(),
                                        10,
                                        rights,
                                        State.REFUSED,
                                        "not in the manifest")));
        Map<String, Double> scores = Map.of("motion", 1.25, "sharpness", 195.2);
        List<CatalogedClip> clips = new ArrayList<>();
        List<CuratedClip> curated = new ArrayList<>();
        Map<String, byte[]> files = new LinkedHashMap<>();
        int first = 0;
        for (String id : List.of(KEPT, TWIN, STILL)) {
            EntryPoint entry = new EntryPoint(first, 7);
            clips.add(new CatalogedClip(id, VIDEO, first, first + 100, 25, 640, 360, entry, new TreeMap<>(scores)));
            curated.add(new CuratedClip(
                    id,
                    new FrameRange(first, first + 100),
                    first / 25.0,
                    4,
                    entry,
                    new TreeMap<>(scores),
                    List.of("blue"),
                    "test",
                    "thumbnails/" + id + ".png"));
            files.put("thumbnails/" + id + ".png", MadeFiles.picture(192, 108));
            first += 100;
        }
        new ClipCatalog(jdbc)
                .replace(VIDEO, Sha256.of("curate-videos".getBytes(StandardCharsets.UTF_8)), clips, List.of());
        DecisionCatalog decisions = new DecisionCatalog(jdbc);
        decisions.replaceDecisions(
                RUN,
                List.of(
                        new ClipDecision(KEPT, "", "", 1.5, false, true),
                        ClipDecision.reject(TWIN, "near-duplicate", "of " + KEPT + ", distance 3"),
                        ClipDecision.reject(STILL, "motion too low", "0.1 under 0.5")));
        decisions.replaceDuplicates(RUN, List.of(new DuplicatePair(KEPT, TWIN, 3)));
        decisions.putCaptions(RUN, List.of(new ClipCaption(KEPT, HOSTILE, "csv", List.of("bridge"))));
        CuratedVideo video = new CuratedVideo(
                VIDEO,
                new VideoProperties("mov,mp4", "h264", 640, 360, 1, 0, 25, 12, 300, "yuv420p"),
                300,
                25,
                DecodeFaults.NONE,
                List.of(new Transition(Transition.Kind.HARD_CUT, 100, 100, 100)),
                List.of(),
                List.of(new FrameRange(0, 100), new FrameRange(100, 300)),
                curated,
                List.of());
        files.put("video.json", Json.bytes(video));
        files.put("notes.txt", SECRET.getBytes(StandardCharsets.UTF_8));
        files.put("thumbnails/outside.png", SECRET.getBytes(StandardCharsets.UTF_8));
        curation = done("curate-videos", "bridge.mp4", TaskKind.CURATE_VIDEO, files);
    }

    private void train() throws IOException {
        model = done(
                "pretrain-motion",
                "model",
                TaskKind.TRAIN_MODEL,
                Map.of(
                        "metrics.jsonl",
                        MadeFiles.losses(UPDATES).getBytes(StandardCharsets.UTF_8),
                        "model.safetensors",
                        SECRET.getBytes(StandardCharsets.UTF_8),
                        "model.json",
                        Json.bytes(new ModelDescription(
                                SIZE, "motion", UPDATES, 123_456, "ef".repeat(32), "test", List.of()))));
        stages.putFigures(RUN, "pretrain-motion", Map.of("last-validation-loss", 0.75));
    }

    private void evaluate() throws IOException {
        byte[] video =
                Files.readAllBytes(Path.of("").toAbsolutePath().getParent().resolve("ops/demo/videos/thrown-ball.mp4"));
        Map<String, Double> scores = Map.of("motion-smoothness", 0.94);
        ModelEvaluation found = new ModelEvaluation(
                "pretrained",
                "ef".repeat(32),
                List.of(),
                List.of(
                        new ModelEvaluation.Sample(
                                "one",
                                "one",
                                Conditioning.PROMPT,
                                HOSTILE,
                                SHAPE,
                                scores,
                                "videos/one.mp4",
                                "one.png",
                                ""),
                        new ModelEvaluation.Sample(
                                "two",
                                "two",
                                Conditioning.FIRST_FRAME,
                                "a hand reaches for a cup",
                                SHAPE,
                                scores,
                                "videos/two.mp4",
                                "one.png",
                                "one.png")));
        evaluation = done(
                "evaluate-models",
                "pretrained",
                TaskKind.EVALUATE_MODEL,
                Map.of(
                        ModelEvaluation.FILE_NAME,
                        Json.bytes(found),
                        "videos/one.mp4",
                        video,
                        "videos/two.mp4",
                        video,
                        "one.png",
                        MadeFiles.picture(256, 64)));
    }

    private void score() throws IOException {
        new AlarmCatalog(jdbc).replace(RUN, List.of(ALARM + HOSTILE));
        ModelBenchmark card = ModelBenchmark.of(
                "pretrained",
                "ef".repeat(32),
                List.of("one", "two"),
                List.of(ModelBenchmark.Measured.of(
                        BenchmarkDimension.MOTION_SMOOTHNESS,
                        ModelBenchmark.Origin.GIVEN_NETWORK,
                        HOSTILE,
                        Map.of("two", 0.94))),
                Optional.empty());
        done(
                "benchmark-models",
                "pretrained",
                TaskKind.BENCHMARK_MODEL,
                Map.of(ModelBenchmark.FILE_NAME, Json.bytes(card)));
    }

    /** A training that is under way, by its claim, its heartbeat and what it has written. */
    private void trainOn() throws IOException {
        jdbc.sql("""
                        INSERT INTO submission (token, run_name, step_name, state, elements, parallel, external_id, place,
                            prepared_at, tried_at, submitted_at)
                        VALUES (?, ?, 'finetune', 'SUBMITTED', 1, 1, '7', 'me@c/login', now(), now(), now())""").params(TOKEN, RUN).update();
        ArtifactKey key = new ArtifactKey("7".repeat(64));
        jdbc.sql("""
                        INSERT INTO attempt (token, logical_index, run_name, step_name, job_execution_id, label, task,
                            artifact_key, number, memory_mebibytes, created_at)
                        VALUES (?, 0, ?, 'finetune', 1, 'model', 'TRAIN_MODEL', ?, 1, 100, now())""").params(TOKEN, RUN, key.value()).update();
        jdbc.sql("""
                        INSERT INTO attempt_run (token, logical_index, run_number, executor_state, detail, host, started_at)
                        VALUES (?, 0, 0, 'RUNNING', '', 'node1', now())""").param(TOKEN).update();
        jdbc.sql("""
                        INSERT INTO node_failure (place, node, kind, failed_at, token, logical_index, run_number, detail)
                        VALUES ('me@c/login', 'node2', 'HANG', now(), ?, 0, 0, ?)""").params(TOKEN, HOSTILE).update();
        jdbc.sql("SELECT append_audit_event('STARTED', ?, 's', ?::text, 'ann', 'h', 1)")
                .params(RUN, Json.text(Map.of("step", "finetune", "label", HOSTILE, "number", "1", "host", "node1")))
                .query(Long.class)
                .single();
        AttemptFolder folder = AttemptFolder.of(identity.workspace(), TOKEN, 0);
        Files.createDirectories(folder.path());
        Files.createFile(folder.claim(0));
        Files.write(
                folder.order(),
                Json.bytes(new WorkOrder(
                        WorkOrder.FORMAT_VERSION,
                        TOKEN,
                        0,
                        1,
                        TaskKind.TRAIN_MODEL,
                        key,
                        identity.workspace(),
                        Json.parse("{\"stage\":{\"checkpoint-every\":10}}", tools.jackson.databind.JsonNode.class),
                        List.of(),
                        2,
                        List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")))));
        progress(5);
        Path durable = new ArtifactStore(identity.workspace()).durableFolder(TaskKind.TRAIN_MODEL, key);
        Files.createDirectories(durable);
        // The last line is being written.
        Files.writeString(durable.resolve(MetricsLine.FILE_NAME), MadeFiles.losses(12) + "{\"update\": 13, \"lo");
        TrainingEvent spike =
                new TrainingEvent(Instant.parse("2026-11-30T10:00:00Z"), TrainingEvent.Kind.SPIKE, 9, HOSTILE);
        Files.writeString(durable.resolve(TrainingEvent.FILE_NAME), Json.text(spike) + "\n");
    }

    private ArtifactRef done(String step, String label, TaskKind task, Map<String, byte[]> files) {
        ArtifactRef ref = WrittenArtifact.writeBytes(identity.workspace(), task, step, files);
        stages.put(RUN, step, 0, new StageArtifact(label, ref));
        return ref;
    }

    /** How long failures of a node count. */
    static Duration nodeExclusion() {
        return Duration.ofHours(6);
    }
}
