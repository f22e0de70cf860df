package dev.mugv.steps.evaluation;

import static dev.mugv.steps.training.CatalogedRun.HELD_OUT;
import static dev.mugv.steps.training.CatalogedRun.KEPT;
import static dev.mugv.steps.training.CatalogedRun.RESOURCES;
import static dev.mugv.steps.training.CatalogedRun.SHAPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.BenchmarkConfiguration;
import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.VaeConfiguration;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VaeTraining;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.BenchmarkModelOrder;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.EvaluateModelOrder;
import dev.mugv.model.format.EvaluateVaeOrder;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.training.CatalogedRun;
import dev.mugv.steps.training.VaePlanner;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Evaluations of checkpoints and of the VideoVAE, and cards. */
class EvaluationPlannersTest extends EncodedRun {
    private static final String RED_BOAT = EvaluationItems.nameOf("a red boat");

    private String code = "c1";

    @Test
    void everyCheckpointMeetsTheSameGridPromptsAndTextEncoder() {
        ArtifactRef finetuned = run.done("finetune", TaskKind.TRAIN_MODEL, 0);
        ArtifactRef aligned = run.done("align-pairs", TaskKind.TRAIN_MODEL, 0);
        List<WorkItem> plan =
                modelPlanner(CatalogedRun.evaluation(2, "a red boat")).plan();

        assertThat(plan).extracting(WorkItem::label).containsExactly("finetuned", "aligned");
        assertThat(plan.get(0).inputs()).startsWith(finetuned).endsWith(shard);
        assertThat(plan.get(1).inputs()).startsWith(aligned).endsWith(shard);
        EvaluateModelOrder first = order(plan.get(0));
        EvaluateModelOrder second = order(plan.get(1));
        assertThat(first.grids()).isEqualTo(second.grids());
        assertThat(first.grids()).extracting(ValidationGrid::shape).containsExactly(SHAPE, SHAPE.image());
        assertThat(first.items()).isEqualTo(second.items());
        assertThat(first.settings()).isEqualTo(second.settings());
        assertThat(first.settings().textEncoderSha256()).isEqualTo(ENCODER);
    }

    @Test
    void picturesComeFromHeldOutClipsFirstAndPromptsFollow() {
        run.done("finetune", TaskKind.TRAIN_MODEL, 0);
        run.done("align-pairs", TaskKind.TRAIN_MODEL, 0);
        EvaluateModelOrder order = order(
                modelPlanner(CatalogedRun.evaluation(2, "a red boat")).plan().get(0));
        assertThat(order.items()).extracting(GenerationItem::name).containsExactly(HELD_OUT, KEPT, RED_BOAT);
        assertThat(order.items().get(2).prompt()).isEqualTo("a red boat");
        assertThat(order.items().get(2).firstFrameOf()).isEmpty();
    }

    @Test
    void theVaeIsMeasuredOnHeldOutClipsOnly() {
        EvaluateVaeOrder order = vaeOrder(List.of(), Optional.empty());
        assertThat(order.shapes()).hasSize(1);
        assertThat(order.shapes().get(0).shape()).isEqualTo(SHAPE);
        assertThat(order.shapes().get(0).clips())
                .extracting(clip -> clip.clipId())
                .containsExactly(HELD_OUT);
        assertThat(order.perceptual()).isEmpty();
    }

    @Test
    void theVaeIsMeasuredAtEveryShapeAndByThePerceptualNetworkThatIsGiven() throws IOException {
        Path network = Files.writeString(workspace.resolve("lpips.pt"), "network");
        VideoShape small = new VideoShape(32, 32, SHAPE.frames(), SHAPE.fps());
        EvaluateVaeOrder order = vaeOrder(List.of(SHAPE, small), Optional.of(network));
        assertThat(order.shapes()).extracting(EvaluateVaeOrder.Shape::shape).containsExactly(SHAPE, small);
        assertThat(order.perceptual().orElseThrow().sha256()).isEqualTo(Sha256.ofFile(network));

        VideoShape tooLong = new VideoShape(32, 32, 800, SHAPE.fps());
        assertThatThrownBy(() -> vaeOrder(List.of(tooLong), Optional.empty()))
                .hasMessageContaining("no held-out clip is long enough for 800 frames");
    }

    private EvaluateVaeOrder vaeOrder(List<VideoShape> shapes, Optional<Path> network) {
        VaeTraining training = new VaeTraining(
                SHAPE, 4, 1, 1, 1e-6, new OptimizerConfiguration(1e-3, 1e-3, 0, 0.9, 0.99, 1e-8, 0, 1), 2, 1);
        VaeConfiguration vae = new VaeConfiguration(
                Optional.empty(), new VaeSize(List.of(32, 32, 32, 32), 32, 1), training, network, shapes);
        WorkItem item = new EvaluateVaePlanner(
                        new EvaluateVaePlanner.Subject(SHAPE, vae, VaePlanner.STEP, new ContentLinks(workspace)),
                        run.inputs(),
                        run.clips(),
                        RESOURCES)
                .plan()
                .get(0);
        return Json.value(item.parameters(), EvaluateVaeOrder.class);
    }

    @Test
    void anEvaluationBeforeItsCheckpointNamesTheStepToRun() {
        run.done("finetune", TaskKind.TRAIN_MODEL, 0);
        assertThatThrownBy(() -> modelPlanner(CatalogedRun.evaluation(1)).plan())
                .hasMessageContaining("its input, step 'align-pairs', has left nothing");
    }

    @Test
    void aCardIsOfTheEvaluationOfItsCheckpointAndOfTheSamplesThatAreAskedFor() {
        ArtifactRef evaluated = evaluated("finetuned");
        evaluated("aligned");

        List<WorkItem> plan = benchmarkPlanner(Optional.empty()).plan();

        assertThat(plan).extracting(WorkItem::label).containsExactly("finetuned", "aligned");
        assertThat(plan.get(0).inputs()).containsExactly(evaluated);
        BenchmarkModelOrder order = Json.value(plan.get(0).parameters(), BenchmarkModelOrder.class);
        assertThat(order.samples()).containsExactly(HELD_OUT + "-i2v-0", KEPT + "-i2v-0", RED_BOAT + "-t2v-0");
        assertThat(order.networks()).isEmpty();
        assertThat(order.real().clips()).extracting(ClipSource::clipId).containsExactly(HELD_OUT, KEPT);
    }

    @Test
    void aCardBeforeItsEvaluationAndScoresOfAnUnknownCheckpointAreRefused() throws IOException {
        assertThatThrownBy(() -> benchmarkPlanner(Optional.empty()).plan())
                .hasMessageContaining("checkpoint 'finetuned' has not been evaluated. Run job 'evaluate'.");
        Path file = Files.writeString(workspace.resolve("scores.csv"), "sample,dimension,score\n");
        assertThatThrownBy(() -> benchmarkPlanner(Optional.of(new BenchmarkConfiguration.Imported("merged", file)))
                        .plan())
                .hasMessage("Cannot import scores of checkpoint 'merged': expected one of [finetuned, aligned]. Correct"
                        + " 'evaluate.benchmark.imported'.");
    }

    private ArtifactRef evaluated(String checkpoint) {
        String hash = (checkpoint.equals("aligned") ? "a" : "f").repeat(64);
        ArtifactRef ref = new ArtifactRef(TaskKind.EVALUATE_MODEL, hash, hash);
        run.stages().put(CatalogedRun.RUN, EvaluateModelPlanner.STEP, 0, new StageArtifact(checkpoint, ref));
        return ref;
    }

    private BenchmarkModelPlanner benchmarkPlanner(Optional<BenchmarkConfiguration.Imported> imported) {
        EvaluationConfiguration scored =
                CatalogedRun.evaluation(imported.stream().toList(), 2, "a red boat");
        return new BenchmarkModelPlanner(
                scored,
                List.of(
                        new EvaluatedCheckpoint("finetuned", "finetune"),
                        new EvaluatedCheckpoint("aligned", "align-pairs")),
                new EvaluationItems(scored, run.clips(), run.captions(), wordings(scored)),
                new BenchmarkModelPlanner.Sources(run.stages(), CatalogedRun.RUN, new ContentLinks(workspace)),
                RESOURCES);
    }

    @Test
    void ofAChangedListOfPromptsOnlyWhatIsNewIsGenerated() throws IOException {
        run.done("finetune", TaskKind.TRAIN_MODEL, 0);
        run.done("align-pairs", TaskKind.TRAIN_MODEL, 0);
        List<WorkItem> before =
                modelPlanner(CatalogedRun.evaluation(2, "a red boat", "a cup")).plan();
        evaluate(before);

        List<WorkItem> plan =
                modelPlanner(CatalogedRun.evaluation(2, "a blue boat", "a cup")).plan();

        assertThat(plan).hasSize(4);
        assertThat(plan.get(0)).isEqualTo(before.get(0));
        assertThat(plan.get(2)).isEqualTo(before.get(1));
        assertThat(plan.get(1).label()).startsWith("finetuned+").isNotEqualTo("finetuned");
        assertThat(order(plan.get(1)).items())
                .extracting(GenerationItem::prompt)
                .containsExactly("a blue boat");
        assertThat(order(plan.get(1)).grids()).isEmpty();

        evaluate(plan);
        // Another order of the same prompts is nothing new, and what was taken back is there again.
        assertThat(modelPlanner(CatalogedRun.evaluation(2, "a cup", "a blue boat"))
                        .plan())
                .isEqualTo(plan);
        assertThat(modelPlanner(CatalogedRun.evaluation(2, "a cup", "a red boat"))
                        .plan())
                .isEqualTo(before);
    }

    @Test
    void nothingOfOtherCodeOrAnotherCheckpointIsTakenForEvaluated() throws IOException {
        run.done("finetune", TaskKind.TRAIN_MODEL, 0);
        run.done("align-pairs", TaskKind.TRAIN_MODEL, 0);
        evaluate(modelPlanner(CatalogedRun.evaluation(2, "a red boat", "a cup")).plan());
        EvaluationConfiguration changed = CatalogedRun.evaluation(2, "a red boat");

        code = "c2";
        assertThat(modelPlanner(changed).plan())
                .extracting(item -> order(item).items().size())
                .containsExactly(3, 3);
        code = "c1";
        evaluate(modelPlanner(CatalogedRun.evaluation(2, "a red boat", "a cup")).plan());
        run.done("align-pairs", TaskKind.TRAIN_MODEL, 1);
        run.stages().retain(CatalogedRun.RUN, "align-pairs", List.of("align-pairs-1"));
        assertThat(modelPlanner(changed).plan())
                .extracting(item -> order(item).items().size())
                .containsExactly(4, 3);
    }

    /** Publishes elements as a worker would, and takes them into the catalog. */
    private void evaluate(List<WorkItem> plan) throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        for (int i = 0; i < plan.size(); i++) {
            WorkItem item = plan.get(i);
            ArtifactKey key = ArtifactKey.of(item.task(), code, item.parameters(), item.inputs());
            ArtifactRef ref = store.find(item.task(), key).orElse(null);
            if (ref == null) {
                WorkOrder order = new WorkOrder(
                        WorkOrder.FORMAT_VERSION,
                        "7".repeat(32),
                        i,
                        1,
                        item.task(),
                        key,
                        workspace,
                        item.parameters(),
                        item.inputs(),
                        1,
                        List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")));
                Path pending = store.begin(order, 0);
                Files.write(pending.resolve(EvaluateModelOrder.FILE_NAME), Json.bytes(order(item)));
                ref = store.publish(pending, order, code, () -> {});
            }
            run.stages().put(CatalogedRun.RUN, EvaluateModelPlanner.STEP, i, new StageArtifact(item.label(), ref));
        }
    }

    private EvaluateModelPlanner modelPlanner(EvaluationConfiguration evaluation) {
        EvaluateModelPlanner.Subject subject = new EvaluateModelPlanner.Subject(
                run.inputs(),
                latents(),
                TEXT,
                List.of(
                        new EvaluatedCheckpoint("finetuned", "finetune"),
                        new EvaluatedCheckpoint("aligned", "align-pairs")),
                VaePlanner.STEP,
                List.of(SHAPE, SHAPE.image()),
                new EarlierEvaluations(run.stages(), CatalogedRun.RUN, new ArtifactStore(workspace), () -> code));
        return new EvaluateModelPlanner(
                evaluation,
                subject,
                run.clips(),
                new EvaluationItems(evaluation, run.clips(), run.captions(), wordings(evaluation)),
                RESOURCES);
    }

    private PromptWordings wordings(EvaluationConfiguration evaluation) {
        return new PromptWordings(evaluation, run.inputs(), ArtifactFolders.verified(new ArtifactStore(workspace)));
    }

    private static EvaluateModelOrder order(WorkItem item) {
        return Json.value(item.parameters(), EvaluateModelOrder.class);
    }
}
