package dev.mugv.steps.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.PromptWording;
import dev.mugv.model.config.RewriterConfiguration;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.RewritePromptsOrder;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.format.RewrittenPrompts;
import dev.mugv.model.format.ServiceAddress;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.training.CatalogedRun;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkResources;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class RewritePromptsPlannerTest {
    @RegisterExtension
    static final PostgresFixture POSTGRES = PostgresFixture.migrated();

    private static final WorkResources RESOURCES = new WorkResources(1, 512);

    @TempDir
    Path workspace;

    private CatalogedRun run;
    private String code = "c1";

    @BeforeEach
    void catalog() {
        run = new CatalogedRun(JdbcClient.create(POSTGRES.dataSource()));
    }

    @Test
    void whereTheServiceIsDecidesNoKeyButItsModelAndWhatItIsAskedDo() {
        WorkItem here = plan(rewriter("http://here:1/v1", "scribe", "Say {prompt}"), "a red boat")
                .get(0);
        WorkItem there = plan(rewriter("https://there:2/v1", "scribe", "Say {prompt}"), "a red boat")
                .get(0);
        assertThat(key(there)).isEqualTo(key(here));
        assertThat(there.label()).isEqualTo(here.label());
        assertThat(Json.value(there.circumstances().orElseThrow(), ServiceAddress.class)
                        .url())
                .isEqualTo(URI.create("https://there:2/v1"));
        assertThat(key(plan(rewriter("http://here:1/v1", "poet", "Say {prompt}"), "a red boat")
                        .get(0)))
                .isNotEqualTo(key(here));
        assertThat(key(plan(rewriter("http://here:1/v1", "scribe", "Sing {prompt}"), "a red boat")
                        .get(0)))
                .isNotEqualTo(key(here));
    }

    @Test
    void ofAChangedListOfPromptsOnlyWhatIsNewIsAskedFor() throws IOException {
        RewriterConfiguration rewriter = rewriter("http://here:1/v1", "scribe", "Say {prompt}");
        List<WorkItem> before = plan(rewriter, "a red boat", "a cup");
        assertThat(before).hasSize(1);
        publish(before);
        assertThat(plan(rewriter, "a cup", "a red boat")).isEqualTo(before);

        List<WorkItem> after = plan(rewriter, "a cup", "rain");
        assertThat(after).hasSize(2).startsWith(before.get(0));
        assertThat(order(after.get(1)).prompts()).containsExactly("rain");
        publish(after);

        // Another model is asked for all, and so is other code.
        assertThat(plan(rewriter("http://here:1/v1", "poet", "Say {prompt}"), "a cup", "rain"))
                .extracting(item -> order(item).prompts())
                .containsExactly(List.of("a cup", "rain"));
        code = "c2";
        assertThat(plan(rewriter, "a cup", "rain"))
                .extracting(item -> order(item).prompts())
                .containsExactly(List.of("a cup", "rain"));
    }

    @Test
    void modelsAreAskedInTheRewrittenWordsWhichKeepTheOriginal() throws IOException {
        RewriterConfiguration rewriter = rewriter("http://here:1/v1", "scribe", "Say {prompt}");
        publish(plan(rewriter, "a red boat", "a cup"));
        List<GenerationItem> items = items(evaluation(rewriter, "a cup", "a red boat"));
        assertThat(items).extracting(GenerationItem::prompt).containsExactly("better: a cup", "better: a red boat");
        assertThat(items)
                .extracting(item -> item.rewriting().orElseThrow().original())
                .containsExactly("a cup", "a red boat");
        // Other words make another sample.
        assertThat(items.get(0).name()).isNotEqualTo(EvaluationItems.nameOf("a cup"));
        assertThat(items(CatalogedRun.evaluation(0, "a cup")))
                .containsExactly(new GenerationItem(EvaluationItems.nameOf("a cup"), "a cup", Optional.empty()));
    }

    @Test
    void nothingIsPlannedBeforePromptsAreRewrittenByTheModelThatIsConfigured() throws IOException {
        publish(plan(rewriter("http://here:1/v1", "scribe", "Say {prompt}"), "a cup"));
        assertThatThrownBy(() -> items(evaluation(rewriter("http://here:1/v1", "poet", "Say {prompt}"), "a cup")))
                .isInstanceOf(WorkFailure.class)
                .hasMessage(
                        "Cannot plan 'evaluate-models' of run '%s': its input, step 'rewrite-prompts', has left nothing. Run that step's job first."
                                .formatted(CatalogedRun.RUN));
        EvaluationConfiguration given = CatalogedRun.evaluation(0, "a cup");
        assertThatThrownBy(() -> worded(given, Optional.empty()))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("expected 'as-given' without a rewriter, found 'rewritten'");
    }

    private List<GenerationItem> items(EvaluationConfiguration evaluation) {
        PromptWordings wordings =
                new PromptWordings(evaluation, run.inputs(), ArtifactFolders.verified(new ArtifactStore(workspace)));
        return new EvaluationItems(evaluation, run.clips(), run.captions(), wordings).items();
    }

    private static EvaluationConfiguration evaluation(RewriterConfiguration rewriter, String... prompts) {
        return worded(CatalogedRun.evaluation(0, prompts), Optional.of(rewriter));
    }

    private static EvaluationConfiguration worded(
            EvaluationConfiguration given, Optional<RewriterConfiguration> rewriter) {
        return new EvaluationConfiguration(
                given.heldOutShare(),
                given.timesteps(),
                given.seed(),
                given.shape(),
                given.sampler(),
                given.prompts(),
                given.imageToVideo(),
                given.mostDrift(),
                given.onDrift(),
                given.benchmark(),
                rewriter,
                given.humanStudy(),
                PromptWording.REWRITTEN);
    }

    private List<WorkItem> plan(RewriterConfiguration rewriter, String... prompts) {
        EarlierWork earlier = new EarlierWork(
                run.stages(),
                new EarlierWork.Place(CatalogedRun.RUN, RewritePromptsPlanner.STEP),
                new ArtifactStore(workspace),
                () -> code);
        return new RewritePromptsPlanner(List.of(prompts), rewriter, earlier, RESOURCES).plan();
    }

    /** As a worker would with a service that says {@code better}, and takes it into the catalog. */
    private void publish(List<WorkItem> plan) throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        for (int i = 0; i < plan.size(); i++) {
            WorkItem item = plan.get(i);
            ArtifactRef ref =
                    store.find(item.task(), new ArtifactKey(key(item))).orElse(null);
            if (ref == null) {
                WorkOrder work = new WorkOrder(
                        WorkOrder.FORMAT_VERSION,
                        "7".repeat(32),
                        i,
                        1,
                        item.task(),
                        new ArtifactKey(key(item)),
                        workspace,
                        item.parameters(),
                        item.inputs(),
                        1,
                        List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")));
                Path pending = store.begin(work, 0);
                RewritePromptsOrder order = order(item);
                Files.write(pending.resolve(RewritePromptsOrder.FILE_NAME), Json.bytes(order));
                String template = Sha256.of(order.template().getBytes(StandardCharsets.UTF_8));
                Files.write(
                        pending.resolve(RewrittenPrompts.FILE_NAME),
                        Json.bytes(new RewrittenPrompts(order.prompts().stream()
                                .map(prompt ->
                                        new RewrittenPrompt(prompt, "better: " + prompt, order.model(), template))
                                .toList())));
                ref = store.publish(pending, work, code, () -> {});
            }
            run.stages().put(CatalogedRun.RUN, RewritePromptsPlanner.STEP, i, new StageArtifact(item.label(), ref));
        }
    }

    private String key(WorkItem item) {
        return ArtifactKey.of(item.task(), code, item.parameters(), item.inputs())
                .value();
    }

    private static RewritePromptsOrder order(WorkItem item) {
        return Json.value(item.parameters(), RewritePromptsOrder.class);
    }

    private static RewriterConfiguration rewriter(String url, String model, String template) {
        return new RewriterConfiguration(URI.create(url), model, Optional.empty(), template, Duration.ofSeconds(1));
    }
}
