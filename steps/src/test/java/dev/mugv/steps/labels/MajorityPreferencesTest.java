package dev.mugv.steps.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.AnnotationRequest;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.PreferenceLabelSource;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.PreferenceTraining.Loss;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.steps.alignment.MajorityPreferences;
import dev.mugv.steps.alignment.MajorityPreferences.Outcome;
import dev.mugv.steps.alignment.PreferenceLabelling;
import dev.mugv.steps.catalog.LabelCatalog;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.training.StageInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class MajorityPreferencesTest {
    private static final String STEP = "label-preferences";
    private static final VideoShape SHAPE = new VideoShape(64, 64, 16, 8);
    private static final AnnotationRequest THREE = new AnnotationRequest(3, 1);

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    private Path workspace = Path.of("");

    private String name = "";
    private LabelledRun run = new LabelledRun(postgres.dataSource(), "none");

    /** Two samples of each of two clips: two pairs, four samples. */
    @BeforeEach
    void generateSamples(TestInfo test) throws IOException {
        name = test.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT);
        run = new LabelledRun(postgres.dataSource(), name);
        List.of("ann", "bob", "cyd").forEach(run.annotators::invite);
        new StageCatalog(run.jdbc)
                .put(
                        name,
                        "generate-preferences",
                        0,
                        new StageArtifact("samples", publish("a-1", "a-2", "b-1", "b-2")));
    }

    private ArtifactRef publish(String... samples) throws IOException {
        ArtifactKey key = ArtifactKey.of(TaskKind.GENERATE_PREFERENCES, "c1", Json.tree(Map.of()), List.of());
        WorkOrder order = new WorkOrder(
                WorkOrder.FORMAT_VERSION,
                "7".repeat(32),
                0,
                1,
                TaskKind.GENERATE_PREFERENCES,
                key,
                workspace,
                Json.tree(Map.of()),
                List.of(),
                1,
                List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")));
        ArtifactStore store = new ArtifactStore(workspace);
        Path pending = store.begin(order, 0);
        List<PreferenceSamples.Sample> made = new ArrayList<>();
        Files.createDirectories(pending.resolve("videos"));
        for (String sample : samples) {
            made.add(new PreferenceSamples.Sample(
                    sample, "clip-" + sample.charAt(0), 0, "a text", 1, SHAPE, Map.of(), "sample." + sample));
            Files.writeString(pending.resolve("videos").resolve(sample + ".mp4"), "video of " + sample);
        }
        Files.write(pending.resolve(PreferenceSamples.FILE_NAME), Json.bytes(new PreferenceSamples(made)));
        return store.publish(pending, order, "c1", () -> {});
    }

    private MajorityPreferences preferences(Loss... losses) {
        List<PreferenceTraining> stages = new ArrayList<>();
        for (Loss loss : losses) {
            stages.add(new PreferenceTraining(
                    "by-" + loss.name().toLowerCase(java.util.Locale.ROOT),
                    loss,
                    1,
                    2,
                    1,
                    0,
                    new OptimizerConfiguration(1e-4, 1e-5, 1, 0.9, 0.999, 1e-10, 0, 1),
                    1,
                    1,
                    ComputePrecision.FP32));
        }
        return new MajorityPreferences(
                new LabelRequests(run.jdbc, run.store, name, workspace), new LabelSources(run.jdbc, workspace), stages);
    }

    private void prefer(LabelBatch batch, String one, String other, String... winners) {
        LabelItem item = run.store.reader().items(batch).stream()
                .filter(each -> each.subjects().stream()
                        .map(LabelSubject::subjectId)
                        .toList()
                        .containsAll(List.of(one, other)))
                .findFirst()
                .orElseThrow();
        List<String> names = List.of("ann", "bob", "cyd");
        for (int i = 0; i < winners.length; i++) {
            String side = winners[i].equals("tie")
                    ? "tie"
                    : item.subjects().get(0).subjectId().equals(winners[i]) ? "first" : "second";
            run.store.give(
                    batch, run.label(item, names.get(i), "aesthetics=" + side, "motion=" + side, "errors=" + side));
        }
    }

    private void judge(LabelBatch batch, String sample, String... verdicts) {
        List<String> names = List.of("ann", "bob", "cyd");
        for (int i = 0; i < verdicts.length; i++) {
            run.store.give(batch, run.verdict(run.item(batch, sample), names.get(i), verdicts[i]));
        }
    }

    private List<LabelBatch> asked(MajorityPreferences preferences) {
        Outcome outcome = preferences.ask(name, STEP, THREE);
        assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
        return ((Outcome.Waiting) outcome)
                .answers().batches().stream().map(AwaitedBatch::batch).toList();
    }

    @Test
    void pairsAreAskedForDpoAndSamplesForKtoAndMajoritiesBecomeLabels() {
        MajorityPreferences preferences = preferences(Loss.DPO, Loss.KTO, Loss.RDPO);
        List<LabelBatch> batches = asked(preferences);
        assertThat(batches).extracting(LabelBatch::kind).containsExactly(LabelKind.PAIRWISE, LabelKind.ABSOLUTE);
        prefer(batches.get(0), "a-1", "a-2", "a-2", "a-2", "a-1");
        prefer(batches.get(0), "b-1", "b-2", "tie", "tie", "b-1");
        judge(batches.get(1), "a-1", "pass", "pass", "pass");
        judge(batches.get(1), "a-2", "pass", "pass", "fail");
        judge(batches.get(1), "b-1", "fail", "pass", "fail");
        assertThat(asked(preferences)).containsExactly(batches.get(1));
        judge(batches.get(1), "b-2", "fail", "fail", "fail");

        Outcome.Labelled labelled = (Outcome.Labelled) preferences.ask(name, STEP, THREE);
        assertThat(labelled.labels().pairs())
                .containsExactly(new PreferenceLabels.Pair("people-a-1-a-2", "a-2", "a-1"));
        assertThat(labelled.labels().absolutes())
                .containsExactlyInAnyOrder(
                        new PreferenceLabels.Absolute("people-a-1", "a-1", PreferenceLabels.Verdict.PASS),
                        new PreferenceLabels.Absolute("people-a-2", "a-2", PreferenceLabels.Verdict.PASS),
                        new PreferenceLabels.Absolute("people-b-1", "b-1", PreferenceLabels.Verdict.FAIL),
                        new PreferenceLabels.Absolute("people-b-2", "b-2", PreferenceLabels.Verdict.FAIL));
        assertThat(labelled.labels().givenBy())
                .containsEntry("people-a-1-a-2", "ann:winner bob:winner cyd:loser")
                .containsEntry("people-b-1", "ann:fail bob:pass cyd:fail");
        assertThat(labelled.figures())
                .containsEntry("pairs-tied", 1.0)
                .containsEntry("pairs-without-majority", 0.0)
                .containsKey("samples-alpha");
        assertThat(labelled.evidence().of("people-a-1-a-2"))
                .extracting(GivenLabel::annotator)
                .containsExactly("ann", "bob", "cyd");
    }

    @Test
    void whatPeopleSaidIsInTheFileThatTrainingsReadButNotWhen() throws IOException {
        PreferenceLabelling labelling = new PreferenceLabelling(
                new PreferenceLabelSource.People(3, 1),
                workspace,
                new StageInputs(new StageCatalog(run.jdbc), name),
                new PreferenceLabelling.Catalogs(new LabelCatalog(run.jdbc), new StageCatalog(run.jdbc)),
                preferences(Loss.DPO));
        assertThat(labelling.label(name, STEP)).isInstanceOf(PreferenceLabelling.Outcome.Waiting.class);
        LabelBatch batch = run.store.reader().batches(name).get(0);
        prefer(batch, "a-1", "a-2", "a-2", "a-2", "a-1");
        prefer(batch, "b-1", "b-2", "b-1", "b-1", "b-1");
        assertThat(labelling.label(name, STEP)).isInstanceOf(PreferenceLabelling.Outcome.Labelled.class);
        PreferenceLabelling.LabelsFile file = labelling.file(name);
        assertThat(Files.readString(workspace.resolve(file.path()))).isEqualTo("""
                        label-id,kind,winner,loser,sample,pass,given-by
                        people-a-1-a-2,pair,a-2,a-1,,,ann:winner bob:winner cyd:loser
                        people-b-1-b-2,pair,b-1,b-2,,,ann:winner bob:winner cyd:winner
                        """);
        assertThat(labelling.origin()).isEqualTo("Majority of 3 people an item, by the label store");
    }

    @Test
    void nobodyIsAskedForReverseSamplingAlone() {
        assertThat(preferences(Loss.RDPO).ask(name, STEP, THREE)).isInstanceOf(Outcome.Labelled.class);
        assertThat(run.store.reader().batches(name)).isEmpty();
    }

    @Test
    void tiesAloneAreTooFewAndTheMessageSaysSo() {
        MajorityPreferences preferences = preferences(Loss.DPO);
        LabelBatch batch = asked(preferences).get(0);
        prefer(batch, "a-1", "a-2", "tie", "tie", "a-1");
        prefer(batch, "b-1", "b-2", "tie", "b-1", "b-2");
        assertThatThrownBy(() -> preferences.ask(name, STEP, THREE))
                .isInstanceOf(WorkFailure.class)
                .hasMessage(
                        ("Cannot align run '%s': stage 'by-dpo' (dpo) expects at least one preferred sample, and people's"
                                        + " majorities left none (1 ties, 1 without a majority). Generate more samples by 'align.prompts'"
                                        + " or 'align.samples-per-prompt'; what is labelled stays.")
                                .formatted(name));
    }

    @Test
    void passesAloneAreTooFewForKto() {
        MajorityPreferences preferences = preferences(Loss.KTO);
        LabelBatch batch = asked(preferences).get(0);
        for (String sample : List.of("a-1", "a-2", "b-1", "b-2")) {
            judge(batch, sample, "pass", "pass", "pass");
        }
        assertThatThrownBy(() -> preferences.ask(name, STEP, THREE))
                .hasMessageContaining("expects at least one sample that passed and one that failed")
                .hasMessageContaining("4 passes and 0 fails");
    }
}
