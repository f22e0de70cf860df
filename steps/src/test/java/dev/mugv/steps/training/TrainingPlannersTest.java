package dev.mugv.steps.training;

import static dev.mugv.steps.training.CatalogedRun.BEST;
import static dev.mugv.steps.training.CatalogedRun.HELD_OUT;
import static dev.mugv.steps.training.CatalogedRun.KEPT;
import static dev.mugv.steps.training.CatalogedRun.RESOURCES;
import static dev.mugv.steps.training.CatalogedRun.RUN;
import static dev.mugv.steps.training.CatalogedRun.SHAPE;
import static dev.mugv.steps.training.CatalogedRun.SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.ProxySearch;
import dev.mugv.model.config.SearchRange;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VaeConfiguration;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VaeTraining;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ChooseTrialOrder;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.ImportModelOrder;
import dev.mugv.model.format.ImportVaeOrder;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainModelOrder.Preference;
import dev.mugv.model.format.TrainVaeOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.format.WidthExpansion;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.training.TrainModelPlanner.Stage;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class TrainingPlannersTest {
    @RegisterExtension
    static final PostgresFixture POSTGRES = PostgresFixture.migrated();

    private static final String STEP = "align-pairs";
    private static final OptimizerConfiguration OPTIMIZER =
            new OptimizerConfiguration(1e-4, 1e-5, 1, 0.9, 0.999, 1e-10, 0, 1);

    @TempDir
    Path folder;

    private CatalogedRun run;

    @BeforeEach
    void catalog() {
        run = new CatalogedRun(JdbcClient.create(POSTGRES.dataSource()));
    }

    @Test
    void clipsAreTrainedOnOrHeldOutButNeverBoth() {
        TrainingClips clips = run.clips();
        assertThat(clips.pretraining())
                .containsExactly(new WeightedClip(KEPT, 0.5), new WeightedClip(BEST, 2), new WeightedClip(SHORT, 1));
        assertThat(clips.finetuning()).containsExactly(new WeightedClip(BEST, 2));
        assertThat(clips.heldOut(SHAPE)).extracting(clip -> clip.clipId()).containsExactly(HELD_OUT);
        assertThat(clips.validationGrid(STEP, SHAPE, CatalogedRun.evaluation(0)).clipIds())
                .containsExactly(HELD_OUT);
    }

    @Test
    void aStageWhoseHeldOutClipsAreAllTooShortIsRefused() {
        VideoShape tenSeconds = new VideoShape(64, 64, 80, 8);
        assertThatThrownBy(() -> run.clips().validationGrid(STEP, tenSeconds, CatalogedRun.evaluation(0)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(
                        "Cannot plan stage 'align-pairs': no held-out clip is long enough for 80 frames");
    }

    @Test
    void aTrainingTakesTheModelBeforeItThenLatentsThenSamples() {
        ArtifactRef model = run.done("finetune", TaskKind.TRAIN_MODEL, 0);
        ArtifactRef shard0 = run.done(EncodeLatentsPlanner.STEP, TaskKind.ENCODE_LATENTS, 0);
        ArtifactRef shard1 = run.done(EncodeLatentsPlanner.STEP, TaskKind.ENCODE_LATENTS, 1);
        ArtifactRef samples = run.done("generate-preferences", TaskKind.GENERATE_PREFERENCES, 0);

        WorkItem item = planner().plan().get(0);

        assertThat(item.task()).isEqualTo(TaskKind.TRAIN_MODEL);
        assertThat(item.inputs()).containsExactly(model, shard0, shard1, samples);
        TrainModelOrder order = Json.value(item.parameters(), TrainModelOrder.class);
        assertThat(order.objective()).isInstanceOf(Preference.class);
        assertThat(order.trainingClips()).isEqualTo(run.clips().pretraining());
        assertThat(order.validationGrid().clipIds()).containsExactly(HELD_OUT);
    }

    @Test
    void aTrainingWhoseInputIsMissingNamesTheStep() {
        run.done("finetune", TaskKind.TRAIN_MODEL, 0);
        assertThatThrownBy(() -> planner().plan())
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessageStartingWith(
                        "Cannot plan 'align-pairs' of run 'test': its input, step 'encode-latents', has left nothing.");
    }

    @Test
    void theVaeIsTrainedOnLongEnoughClipsThatAreNotHeldOut() {
        VaeTraining training = new VaeTraining(SHAPE, 4, 1, 1, 1e-6, OPTIMIZER, 2, 1);
        VaeConfiguration vae = new VaeConfiguration(Optional.empty(), size(), training);
        TrainVaeOrder order = Json.value(
                new VaePlanner(vae, run.clips(), links(), RESOURCES, ParallelMode.FAST)
                        .plan()
                        .get(0)
                        .parameters(),
                TrainVaeOrder.class);
        assertThat(order.trainingClips()).extracting(ClipSource::clipId).containsExactly(KEPT, BEST);
        assertThat(order.validationClips()).extracting(ClipSource::clipId).containsExactly(HELD_OUT);

        VaeTraining tooLong = new VaeTraining(new VideoShape(64, 64, 80, 8), 4, 1, 1, 1e-6, OPTIMIZER, 2, 1);
        assertThatThrownBy(() -> new VaePlanner(
                                new VaeConfiguration(Optional.empty(), size(), tooLong),
                                run.clips(),
                                links(),
                                RESOURCES,
                                ParallelMode.FAST)
                        .plan())
                .hasMessageContaining("0 training and 0 held-out clips are long enough");
    }

    @Test
    void givenVaeWeightsAreImportedByTheirContent() throws IOException {
        Path weights = Files.writeString(folder.resolve("vae.safetensors"), "weights");
        VaeTraining training = new VaeTraining(SHAPE, 4, 1, 1, 1e-6, OPTIMIZER, 2, 1);
        WorkItem item = new VaePlanner(
                        new VaeConfiguration(Optional.of(weights), size(), training),
                        run.clips(),
                        links(),
                        RESOURCES,
                        ParallelMode.FAST)
                .plan()
                .get(0);
        assertThat(item.task()).isEqualTo(TaskKind.IMPORT_VAE);
        assertThat(Json.value(item.parameters(), ImportVaeOrder.class).sha256()).isEqualTo(Sha256.ofFile(weights));

        VaeConfiguration gone = new VaeConfiguration(Optional.of(folder.resolve("gone.safetensors")), size(), training);
        assertThatThrownBy(() -> new VaePlanner(gone, run.clips(), links(), RESOURCES, ParallelMode.FAST).plan())
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("Correct 'vae.weights'");
    }

    @Test
    void aSearchIsATrainingATrialAndAChoiceAmongThoseThatEnded() throws IOException {
        ArtifactRef shard = run.done(EncodeLatentsPlanner.STEP, TaskKind.ENCODE_LATENTS, 0);
        SearchPlanner planner = searchPlanner();
        List<WorkItem> trials = planner.trials(RUN, RESOURCES);
        assertThat(trials).extracting(WorkItem::label).containsExactly("trial-0", "trial-1", "trial-2");
        assertThat(trials).allSatisfy(item -> {
            assertThat(item.task()).isEqualTo(TaskKind.TRAIN_MODEL);
            assertThat(item.inputs()).containsExactly(shard);
        });
        TrainModelOrder first = Json.value(trials.get(0).parameters(), TrainModelOrder.class);
        TrainModelOrder.FlowMatching objective = (TrainModelOrder.FlowMatching) first.objective();
        assertThat(objective.stage().updates()).isEqualTo(6);
        assertThat(objective.stage().optimizer().learningRate()).isEqualTo(1e-4);

        assertThatThrownBy(() -> planner.choice(RUN, RESOURCES))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("its input, step 'search-proxy', has left nothing");
        TrialRecorder recorder = new TrialRecorder(run.stages(), RUN, "search-proxy");
        List<ArtifactRef> made = new ArrayList<>();
        for (int trial = 0; trial < 3; trial++) {
            made.add(new ArtifactRef(
                    TaskKind.TRAIN_MODEL, Integer.toString(trial + 1).repeat(64), "2".repeat(64)));
            Files.write(
                    folder.resolve(TrainingSummary.FILE_NAME),
                    Json.bytes(new TrainingSummary("proxy", 6, 2, 1.5, 2.5, 1.25, 0.5, Map.of())));
            recorder.record(trial, trials.get(trial), made.get(trial), folder);
        }
        // One that ended under an earlier plan and diverges now is none of them any more.
        recorder.recordFailure(1, trials.get(1), "Cannot go on training 'proxy': it diverged.");
        WorkItem choice = planner.choice(RUN, RESOURCES).get(0);
        assertThat(choice.inputs()).containsExactly(made.get(0), made.get(2));
        ChooseTrialOrder order = Json.value(choice.parameters(), ChooseTrialOrder.class);
        assertThat(order.trials())
                .extracting(ChooseTrialOrder.Trial::artifact)
                .containsExactly(
                        Optional.of(made.get(0).key()),
                        Optional.empty(),
                        Optional.of(made.get(2).key()));
    }

    private SearchPlanner searchPlanner() {
        TrainingStage stage = new TrainingStage(
                "proxy",
                40,
                2,
                List.of(new ShapePhase(1, SHAPE)),
                0,
                0,
                0,
                CaptionDropout.NONE,
                OPTIMIZER,
                10,
                1,
                ComputePrecision.FP32);
        ProxySearch search = new ProxySearch(
                3,
                6,
                1,
                Optional.of(new SearchRange(1e-5, 1e-3, SearchRange.Scale.LOG)),
                Optional.empty(),
                Optional.empty(),
                0.95,
                List.of());
        return new SearchPlanner(
                new SearchPlanner.Search(
                        new SearchPlanner.Names("search-proxy", "choose-trial"),
                        stage,
                        search,
                        new DitSize(72, 1, 16, 8),
                        Optional.empty()),
                run.stages(),
                run.inputs(),
                run.clips(),
                CatalogedRun.evaluation(0),
                ParallelMode.FAST);
    }

    @Test
    void aStagesArtifactAndFiguresAreNoted() throws IOException {
        Files.write(
                folder.resolve(TrainingSummary.FILE_NAME),
                Json.bytes(new TrainingSummary("pairs", 8, 2, 1.5, 2.5, 1.25, 0.5, Map.of("margin", 3.0))));
        Files.write(
                folder.resolve(WidthExpansion.FILE_NAME),
                Json.bytes(new WidthExpansion(new DitSize(72, 1, 16, 8), new DitSize(144, 1, 16, 8), 1e-6, 0.25, 4)));
        ArtifactRef artifact = new ArtifactRef(TaskKind.TRAIN_MODEL, "1".repeat(64), "2".repeat(64));
        WorkItem item = new WorkItem(STEP, TaskKind.TRAIN_MODEL, Json.tree(Map.of()), List.of(), RESOURCES);

        new StageRecorder(run.stages(), RUN, STEP).record(0, item, artifact, folder);

        assertThat(run.inputs().single(STEP, "anything")).isEqualTo(artifact);
        assertThat(run.stages().figures(RUN, STEP))
                .containsAllEntriesOf(Map.of(
                        "updates", 8.0,
                        "first-validation-loss", 2.0,
                        "last-validation-loss", 1.5,
                        "first-training-loss", 2.5,
                        "last-training-loss", 1.25,
                        "margin", 3.0,
                        "difference-before-noise", 1e-6,
                        "difference-after-noise", 0.25));
    }

    @Test
    void givenModelWeightsAreNamedByTheirContentWhereverTheyLie() throws IOException {
        DitSize size = new DitSize(72, 1, 16, 8);
        Path weights = Files.writeString(folder.resolve("dit.pt"), "weights");
        WorkItem item =
                new ImportModelPlanner(weights, size, links(), RESOURCES).plan().get(0);
        assertThat(item.task()).isEqualTo(TaskKind.IMPORT_MODEL);
        ImportModelOrder order = Json.value(item.parameters(), ImportModelOrder.class);
        assertThat(order)
                .isEqualTo(
                        new ImportModelOrder(Path.of("given", Sha256.ofFile(weights)), Sha256.ofFile(weights), size));
        assertThat(links().workspace().resolve(order.file())).hasContent("weights");

        Path moved = Files.move(weights, folder.resolve("elsewhere.pt"));
        WorkItem again =
                new ImportModelPlanner(moved, size, links(), RESOURCES).plan().get(0);
        assertThat(again.parameters()).isEqualTo(item.parameters());
        assertThat(links().workspace().resolve(order.file())).hasContent("weights");
    }

    @Test
    void theIndexOfShardsIsNoGivenModelSinceItsHashDoesNotTellOfItsShards() throws IOException {
        Path index = Files.writeString(folder.resolve("dit.safetensors.index.json"), "{}");
        assertThatThrownBy(() -> new ImportModelPlanner(index, new DitSize(72, 1, 16, 8), links(), RESOURCES).plan())
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("it is the index of shards, expected one file");
    }

    private ContentLinks links() {
        return new ContentLinks(folder.resolve("workspace"));
    }

    private TrainModelPlanner planner() {
        PreferenceTraining training = new PreferenceTraining(
                "pairs", PreferenceTraining.Loss.DPO, 4, 1, 100, 0.1, OPTIMIZER, 2, 1, ComputePrecision.FP32);
        Stage stage = new Stage(
                STEP,
                new DitSize(72, 1, 16, 8),
                () -> new Preference(training, SHAPE, 0.5, "labels/x.csv", "0".repeat(64)),
                SHAPE,
                Optional.of("finetune"),
                List.of("generate-preferences"),
                run.clips()::pretraining);
        return new TrainModelPlanner(
                stage, run.inputs(), run.clips(), CatalogedRun.evaluation(0), RESOURCES, ParallelMode.FAST);
    }

    private static VaeSize size() {
        return new VaeSize(List.of(32, 32, 32, 32), 32, 1);
    }
}
