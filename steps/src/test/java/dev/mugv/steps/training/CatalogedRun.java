package dev.mugv.steps.training;

import dev.mugv.model.config.BenchmarkConfiguration;
import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.PromptWording;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.EntryPoint;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.alignment.GeneratePreferencesPlanner.Captions;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCaption;
import dev.mugv.steps.catalog.ClipCatalog;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.SourceVideo.AllowedUse;
import dev.mugv.steps.catalog.SourceVideo.Screening;
import dev.mugv.steps.catalog.SourceVideo.State;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.work.WorkResources;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A run whose curation is done: one video in five clips of 100 frames at 25 a second. Clip a is held out, b, c and the short e
 * are trained on, c is finetuned on, d is rejected.
 */
public final class CatalogedRun {
    public static final String RUN = "test";
    public static final String HELD_OUT = "a".repeat(16);
    public static final String KEPT = "b".repeat(16);
    public static final String BEST = "c".repeat(16);
    public static final String REJECTED = "d".repeat(16);
    public static final String SHORT = "e".repeat(16);
    /** Two seconds: longer than clip e. */
    public static final VideoShape SHAPE = new VideoShape(64, 64, 16, 8);

    public static final WorkResources RESOURCES = new WorkResources(1, 512);
    private static final String VIDEO = "ab".repeat(32);

    private final JdbcClient jdbc;
    private final DecisionCatalog decisions;
    private final StageCatalog stages;

    public CatalogedRun(JdbcClient jdbc) {
        this.jdbc = jdbc;
        decisions = new DecisionCatalog(jdbc);
        stages = new StageCatalog(jdbc);
        jdbc.sql("TRUNCATE source_video, clip, clip_score, rejected_piece, clip_decision, clip_duplicate, clip_caption,"
                        + " stage_artifact, stage_figure, preference_label")
                .update();
        Screening rights = new Screening("here", "MIT", "not needed", AllowedUse.TRAINING);
        new VideoCatalog(jdbc)
                .replace(RUN, List.of(new SourceVideo("a.mp4", Optional.of(VIDEO), 10, rights, State.ADMITTED, "")));
        new ClipCatalog(jdbc)
                .replace(
                        VIDEO,
                        "k".repeat(64),
                        List.of(
                                clip(HELD_OUT, 0, 100),
                                clip(KEPT, 100, 200),
                                clip(BEST, 200, 300),
                                clip(REJECTED, 300, 400),
                                clip(SHORT, 400, 410)),
                        List.of());
        decisions.replaceDecisions(
                RUN,
                List.of(
                        new ClipDecision(HELD_OUT, "", "", 1, true, false),
                        new ClipDecision(KEPT, "", "", 0.5, false, false),
                        new ClipDecision(BEST, "", "", 2, false, true),
                        ClipDecision.reject(REJECTED, "motion too low", "0.1"),
                        new ClipDecision(SHORT, "", "", 1, false, false)));
        decisions.putCaptions(RUN, List.of(new ClipCaption(BEST, "A bridge.", "csv", List.of())));
    }

    public TrainingClips clips() {
        return new TrainingClips(new VideoCatalog(jdbc), new ClipCatalog(jdbc), decisions, RUN);
    }

    public DecisionCatalog decisions() {
        return decisions;
    }

    public StageCatalog stages() {
        return stages;
    }

    public StageInputs inputs() {
        return new StageInputs(stages, RUN);
    }

    public Captions captions() {
        return new Captions(decisions, RUN);
    }

    /** Notes an artifact of a step, as if its work had been done. */
    public ArtifactRef done(String step, TaskKind task, int position) {
        String hash = Integer.toHexString(0x10000 + 31 * step.hashCode() + position)
                .repeat(16)
                .substring(0, 64);
        ArtifactRef ref = new ArtifactRef(task, hash, hash);
        stages.put(RUN, step, position, new StageArtifact(step + "-" + position, ref));
        return ref;
    }

    public static EvaluationConfiguration evaluation(int imageToVideo, String... prompts) {
        return evaluation(List.of(), imageToVideo, prompts);
    }

    /** The same with scores that others measured. */
    public static EvaluationConfiguration evaluation(
            List<BenchmarkConfiguration.Imported> imported, int imageToVideo, String... prompts) {
        return new EvaluationConfiguration(
                0.2,
                4,
                7,
                SHAPE,
                new SamplerConfiguration(2, 1, "", 1),
                List.of(prompts),
                imageToVideo,
                0.3,
                EvaluationConfiguration.OnDrift.WARN,
                new BenchmarkConfiguration(List.of(), imported, Optional.empty(), 2),
                Optional.empty(),
                Optional.empty(),
                PromptWording.AS_GIVEN);
    }

    private static CatalogedClip clip(String id, int first, int end) {
        return new CatalogedClip(
                id,
                VIDEO,
                first,
                end,
                25,
                640,
                360,
                new EntryPoint(first, 7),
                new TreeMap<>(Map.of("aesthetic", 5.26)));
    }
}
