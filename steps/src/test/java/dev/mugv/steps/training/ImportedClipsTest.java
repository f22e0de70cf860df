package dev.mugv.steps.training;

import static dev.mugv.steps.training.CatalogedRun.RUN;
import static dev.mugv.steps.training.CatalogedRun.SHAPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ImportLatentsOrder;
import dev.mugv.model.format.ImportedData;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.ClipCatalog;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.ImportedClipCatalog;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkItem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class ImportedClipsTest {
    @RegisterExtension
    static final PostgresFixture POSTGRES = PostgresFixture.migrated();

    private static final VideoShape OTHER = new VideoShape(48, 32, 32, 24);
    private static final WorkItem ITEM =
            new WorkItem("shard", TaskKind.IMPORT_LATENTS, Json.tree(List.of()), List.of(), CatalogedRun.RESOURCES);

    @TempDir
    Path folder;

    private JdbcClient jdbc;
    private ImportedShardRecorder recorder;
    private TrainingClips clips;

    @BeforeEach
    void importTwoShards() throws IOException {
        jdbc = JdbcClient.create(POSTGRES.dataSource());
        new CatalogedRun(jdbc);
        ImportedClipCatalog catalog = new ImportedClipCatalog(jdbc);
        catalog.replaceFrom(RUN, 0, List.of());
        recorder = new ImportedShardRecorder(
                new StageRecorder(new StageCatalog(jdbc), RUN, EncodeLatentsPlanner.STEP), catalog, RUN);
        clips = new TrainingClips(
                new VideoCatalog(jdbc),
                new ClipCatalog(jdbc),
                new DecisionCatalog(jdbc),
                RUN,
                Optional.of(new ImportedClips(catalog, CatalogedRun.evaluation(0), RUN)));
        record(0, 0, 6);
        record(1, 6, 10);
    }

    @Test
    void aFifthIsHeldOutAndTheRestTrainedOnAlike() {
        List<String> heldOut = clips.validationGrid("pretrain", SHAPE, CatalogedRun.evaluation(0))
                .clipIds();
        assertThat(heldOut).hasSize(2);
        assertThat(clips.pretraining()).hasSize(8).allMatch(clip -> clip.weight() == 1);
        assertThat(clips.pretraining()).extracting(WeightedClip::clipId).doesNotContainAnyElementsOf(heldOut);
        assertThat(clips.finetuning()).isEqualTo(clips.pretraining());
    }

    @Test
    void aStageOfAnotherShapeIsToldWhichShapesThereAre() {
        assertThatThrownBy(() -> clips.validationGrid("pretrain", OTHER, CatalogedRun.evaluation(0)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith(
                        "Cannot plan stage 'pretrain': expected at least two imported latents of shape 48x32x32@24.0,"
                                + " found 10 of 64x64x16@8.0");
    }

    @Test
    void recordingAgainLeavesTheSameRowsAndForgetsShardsThatAreGone() throws IOException {
        List<WeightedClip> before = clips.pretraining();
        record(0, 0, 6);
        record(1, 6, 10);
        assertThat(clips.pretraining()).isEqualTo(before);
        record(0, 0, 6);
        assertThat(clips.pretraining()).hasSize(5);
    }

    @Test
    void everyShardOfAnImportIsPlannedByItsContent() throws IOException {
        Path data = folder.resolve("shards");
        for (String shard : List.of("shard-00000", "shard-00001")) {
            Path place = Files.createDirectories(data.resolve(shard));
            for (String name :
                    List.of(LatentShard.FILE_NAME, LatentShard.LATENTS_FILE_NAME, LatentShard.TEXT_FILE_NAME)) {
                Files.writeString(place.resolve(name), shard + name);
            }
        }
        ImportLatentsPlanner planner =
                new ImportLatentsPlanner(data, new ContentLinks(folder.resolve("workspace")), CatalogedRun.RESOURCES);
        assertThatThrownBy(planner::plan)
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("it has no file 'import.json'");
        ImportedData description = new ImportedData(
                "train.csv",
                "0".repeat(64),
                List.of(),
                List.of(),
                List.of("shard-00000", "shard-00001"),
                List.of(),
                List.of());
        Files.writeString(data.resolve(ImportedData.FILE_NAME), Json.pretty(description));

        List<WorkItem> items = planner.plan();

        assertThat(items).extracting(WorkItem::task).containsOnly(TaskKind.IMPORT_LATENTS);
        ImportLatentsOrder order = Json.value(items.get(1).parameters(), ImportLatentsOrder.class);
        assertThat(order.shard()).isEqualTo("shard-00001");
        assertThat(order.latents().sha256())
                .isEqualTo(Sha256.ofFile(data.resolve("shard-00001").resolve(LatentShard.LATENTS_FILE_NAME)));
        assertThat(folder.resolve("workspace").resolve(order.texts().file())).isRegularFile();
        Files.delete(data.resolve("shard-00001").resolve(LatentShard.TEXT_FILE_NAME));
        assertThatThrownBy(planner::plan)
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining(LatentShard.TEXT_FILE_NAME + "' cannot be read");
    }

    /** Records a shard of the clips whose numbers are from up to, but not, to. */
    private void record(int position, int from, int to) throws IOException {
        List<LatentShard.Latent> latents = new ArrayList<>();
        List<LatentShard.Text> texts = new ArrayList<>();
        IntStream.range(from, to).mapToObj(number -> "clip_" + number).forEach(id -> {
            latents.add(new LatentShard.Latent(id, Sha256.of(id.getBytes(StandardCharsets.UTF_8)), 0, 16, SHAPE, ""));
            texts.add(new LatentShard.Text(id, "caption of " + id, ""));
        });
        LatentShard shard = new LatentShard(
                "vae",
                LatentShard.UNKNOWN_ENCODER,
                LatentShard.State.NORMALISED_SAMPLE,
                LatentShard.FLOAT32,
                latents,
                texts,
                List.of(),
                List.of());
        Path place = Files.createDirectories(folder.resolve("artifact-" + position));
        Files.writeString(place.resolve(LatentShard.FILE_NAME), Json.pretty(shard));
        String hash = Integer.toString(position + 1).repeat(64);
        recorder.record(position, ITEM, new ArtifactRef(TaskKind.IMPORT_LATENTS, hash, hash), place);
    }
}
