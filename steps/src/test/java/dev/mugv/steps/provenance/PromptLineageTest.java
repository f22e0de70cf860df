package dev.mugv.steps.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.EvaluateModelOrder;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.GenerationSettings;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.RewritePromptsOrder;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.format.RewrittenPrompts;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class PromptLineageTest {
    @RegisterExtension
    static final PostgresFixture POSTGRES = PostgresFixture.migrated();

    private static final RewrittenPrompt PROMPT =
            new RewrittenPrompt("red boat", "A red boat crosses a lake.", "scribe", "5".repeat(64));

    @TempDir
    Path workspace;

    @Test
    void anEvaluationLeadsBackToWhatTheServiceMadeOfItsPromptAndWhoItWas() throws IOException {
        ArtifactLineage.RunFacts run = new ArtifactLineage.RunFacts("prompts", workspace, "{}");
        DataSource database = POSTGRES.dataSource();
        JdbcClient jdbc = JdbcClient.create(database);
        ArtifactStore store = new ArtifactStore(workspace);
        ArtifactLineage lineage = new ArtifactLineage(jdbc, store, run);
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(database));
        RewritePromptsOrder rewriting = new RewritePromptsOrder("scribe", "Say {prompt}", List.of("red boat"));
        PublishedWork prompts = publish(
                store,
                TaskKind.REWRITE_PROMPTS,
                rewriting,
                RewrittenPrompts.FILE_NAME,
                new RewrittenPrompts(List.of(PROMPT)));
        EvaluateModelOrder asked = new EvaluateModelOrder(
                "finetuned",
                List.of(),
                new GenerationSettings(
                        new VideoShape(32, 32, 16, 8),
                        new SamplerConfiguration(2, 1, "", 1),
                        new TextConfiguration(Optional.empty(), 16, 8, 1),
                        "6".repeat(64)),
                List.of(new GenerationItem("prompt-1", PROMPT.rewritten(), Optional.empty(), Optional.of(PROMPT))));
        PublishedWork evaluation = publish(
                store,
                TaskKind.EVALUATE_MODEL,
                asked,
                ModelEvaluation.FILE_NAME,
                new ModelEvaluation("finetuned", "7".repeat(64), List.of(), List.of()));
        for (PublishedWork work : List.of(prompts, evaluation, prompts)) {
            transaction.executeWithoutResult(status -> lineage.record(work));
        }

        LineageReader reader = new LineageReader(jdbc);
        List<LineageNode> answers = reader.ofKind(NodeKind.PROMPT);
        assertThat(answers).hasSize(1);
        LineageNode answer = answers.get(0);
        assertThat(reader.facts(answer).path("original").asString()).isEqualTo("red boat");
        assertThat(reader.facts(answer).path("rewritten").asString()).isEqualTo("A red boat crosses a lake.");
        assertThat(reader.facts(answer).path("model").asString()).isEqualTo("scribe");
        assertThat(reader.facts(answer).path("template-sha256").asString()).isEqualTo("5".repeat(64));
        assertThat(reader.children(answer))
                .extracting(LineageEdge::role, LineageEdge::childId)
                .containsExactlyInAnyOrder(
                        tuple(
                                EdgeRole.CONTAINS,
                                reader.find(prompts.key()).orElseThrow().id()),
                        tuple(
                                EdgeRole.CONDITIONED_ON,
                                reader.find(evaluation.key()).orElseThrow().id()));
    }

    private PublishedWork publish(ArtifactStore store, TaskKind task, Object order, String file, Object result)
            throws IOException {
        WorkOrder work = new WorkOrder(
                WorkOrder.FORMAT_VERSION,
                "7".repeat(32),
                0,
                1,
                task,
                ArtifactKey.of(task, "c1", Json.tree(order), List.of()),
                workspace,
                Json.tree(order),
                List.of(),
                1,
                List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")));
        Path pending = store.begin(work, 0);
        Files.write(pending.resolve(file), Json.bytes(result));
        ArtifactRef ref = store.publish(pending, work, "c1", () -> {});
        return new PublishedWork(
                task.label(), task.label(), ref, Json.tree(order), 1, 1, store.folder(task, work.key()));
    }
}
