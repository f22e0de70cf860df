package dev.mugv.steps.evaluation;

import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.training.CatalogedRun;
import dev.mugv.steps.training.EncodeLatentsPlanner;
import dev.mugv.steps.training.EncodedLatents;
import dev.mugv.steps.training.VaePlanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A run whose clips are catalogued and encoded: what evaluations and samples are planned over. */
abstract class EncodedRun {
    @RegisterExtension
    static final PostgresFixture POSTGRES = PostgresFixture.migrated();

    static final String ENCODER = "5".repeat(64);
    static final TextConfiguration TEXT = new TextConfiguration(Optional.empty(), 16, 8, 1);

    @TempDir
    Path workspace;

    CatalogedRun run;
    ArtifactRef shard;

    @BeforeEach
    void catalog() throws IOException {
        run = new CatalogedRun(JdbcClient.create(POSTGRES.dataSource()));
        run.done(VaePlanner.STEP, TaskKind.TRAIN_VAE, 0);
        shard = publishShard();
        run.stages().put(CatalogedRun.RUN, EncodeLatentsPlanner.STEP, 0, new StageArtifact("shard-0", shard));
    }

    EncodedLatents latents() {
        return new EncodedLatents(run.inputs(), new ArtifactStore(workspace));
    }

    /** A published shard that says which text encoder made it. */
    ArtifactRef publishShard() throws IOException {
        ArtifactKey key = ArtifactKey.of(TaskKind.ENCODE_LATENTS, "c1", Json.tree(Map.of()), List.of());
        WorkOrder order = new WorkOrder(
                WorkOrder.FORMAT_VERSION,
                "7".repeat(32),
                0,
                1,
                TaskKind.ENCODE_LATENTS,
                key,
                workspace,
                Json.tree(Map.of()),
                List.of(),
                1,
                List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")));
        ArtifactStore store = new ArtifactStore(workspace);
        Path pending = store.begin(order, 0);
        LatentShard content = new LatentShard(
                "6".repeat(64),
                ENCODER,
                LatentShard.State.NORMALISED_MEAN,
                LatentShard.FLOAT32,
                List.of(),
                List.of(),
                List.of(),
                List.of());
        Files.write(pending.resolve(LatentShard.FILE_NAME), Json.bytes(content));
        return store.publish(pending, order, "c1", () -> {});
    }
}
