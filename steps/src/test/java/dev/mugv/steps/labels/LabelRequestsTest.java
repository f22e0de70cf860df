package dev.mugv.steps.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.AnnotationRequest;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.database.PostgresFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LabelRequestsTest {
    private static final Path WORKSPACE = Path.of("/w");
    private static final String STEP = "label-preferences";

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private LabelledRun run(String name) {
        LabelledRun run = new LabelledRun(postgres.dataSource(), name);
        List.of("ann", "bob", "cyd").forEach(run.annotators::invite);
        return run;
    }

    private static LabelRequests requests(LabelledRun run) {
        return new LabelRequests(run.jdbc, run.store, run.run, WORKSPACE);
    }

    private static LabelQuestion absolute(int annotators, LabelQuestion.Reuse reuse, String... samples) {
        return new LabelQuestion(
                LabelKind.ABSOLUTE,
                "samples",
                new AnnotationRequest(annotators, 1),
                reuse,
                java.util.Arrays.stream(samples)
                        .map(sample -> List.of(LabelledRun.subject(sample, "")))
                        .toList());
    }

    private static LabelQuestion each(String... samples) {
        return absolute(2, LabelQuestion.Reuse.ITEMS, samples);
    }

    private static LabelAnswers.Waiting waiting(LabelAnswers answers) {
        assertThat(answers).isInstanceOf(LabelAnswers.Waiting.class);
        return (LabelAnswers.Waiting) answers;
    }

    private static List<Optional<String>> verdicts(LabelAnswers answers) {
        assertThat(answers).isInstanceOf(LabelAnswers.Complete.class);
        return ((LabelAnswers.Complete) answers)
                .answers().get(0).stream()
                        .map(LabelAnswers.AnsweredItem::verdict)
                        .toList();
    }

    private static void say(LabelledRun run, LabelBatch batch, String sample, String... verdicts) {
        List<String> names = List.of("ann", "bob", "cyd");
        for (int i = 0; i < verdicts.length; i++) {
            run.store.give(batch, run.verdict(run.item(batch, sample), names.get(i), verdicts[i]));
        }
    }

    @Test
    void askingAgainOpensNothingTwiceAndTellsHowFarItIs() {
        LabelledRun run = run("again");
        LabelAnswers.Waiting first = waiting(requests(run).ask(STEP, List.of(each("s1", "s2"))));
        LabelBatch batch = first.batches().get(0).batch();
        say(run, batch, "s1", "pass", "fail");
        say(run, batch, "s2", "pass");
        // As a controller that was killed meanwhile asks.
        assertThat(waiting(requests(run).ask(STEP, List.of(each("s2", "s1")))).text())
                .isEqualTo(
                        "Waiting for people who label: labels '%s' (absolute): 1 of 2 items are complete, 3 of 4 labels are given."
                                .formatted(batch.name()));
        assertThat(run.store.reader().batches("again")).containsExactly(batch);
        assertThat(AwaitedBatch.of(run.jdbc, "again", WORKSPACE)).hasSize(1);
        assertThat(AwaitedBatch.of(run.jdbc, "again", Path.of("/other"))).isEmpty();

        run.store.give(batch, run.verdict(run.item(batch, "s2"), "bob", "pass"));
        // One passed for ann and failed for bob: no majority, which is an answer too.
        assertThat(verdicts(requests(run).ask(STEP, List.of(each("s1", "s2")))))
                .containsExactly(Optional.empty(), Optional.of("pass"));
        assertThat(AwaitedBatch.of(run.jdbc, "again", WORKSPACE)).isEmpty();
    }

    @Test
    void peopleAreAskedOnlyAboutWhatIsNew() {
        LabelledRun run = run("more");
        LabelBatch before = run.batch(LabelKind.ABSOLUTE, "by-hand", 2, "s1", "s2");
        say(run, before, "s1", "pass", "pass");
        say(run, before, "s2", "fail", "fail");
        LabelAnswers.Waiting waiting = waiting(requests(run).ask(STEP, List.of(each("s1", "s2", "s3"))));
        assertThat(waiting.batches()).extracting(AwaitedBatch::items).containsExactly(1);
        say(run, waiting.batches().get(0).batch(), "s3", "pass", "pass");
        assertThat(verdicts(requests(run).ask(STEP, List.of(each("s1", "s2", "s3")))))
                .containsExactly(Optional.of("pass"), Optional.of("fail"), Optional.of("pass"));
    }

    @Test
    void whatIsComparedIsAskedInOneBatchAndMoreAnnotatorsAskAnew() {
        LabelledRun run = run("whole");
        LabelBatch before = run.batch(LabelKind.ABSOLUTE, "study", 2, "s1");
        say(run, before, "s1", "pass", "pass");
        assertThat(waiting(requests(run).ask(STEP, List.of(absolute(2, LabelQuestion.Reuse.WHOLE_BATCHES, "s1", "s2"))))
                        .batches())
                .extracting(AwaitedBatch::items)
                .containsExactly(2);
        assertThat(verdicts(requests(run).ask("other", List.of(absolute(2, LabelQuestion.Reuse.WHOLE_BATCHES, "s1")))))
                .containsExactly(Optional.of("pass"));
        assertThat(waiting(requests(run).ask(STEP, List.of(absolute(3, LabelQuestion.Reuse.ITEMS, "s1"))))
                        .batches())
                .extracting(each -> each.batch().annotatorsPerItem())
                .containsExactly(3);
    }

    @Test
    void whatWasDeletedBeforeItWasLabelledIsAskedAboutWhereItLiesNow() {
        LabelledRun run = run("gone");
        LabelBatch before = waiting(requests(run).ask(STEP, List.of(each("s1"))))
                .batches()
                .get(0)
                .batch();
        run.jdbc.sql("DELETE FROM stage_artifact WHERE run_name = 'gone'").update();
        new StageCatalog(run.jdbc)
                .put(
                        "gone",
                        "generate-preferences",
                        0,
                        new StageArtifact(
                                "samples",
                                new ArtifactRef(TaskKind.GENERATE_PREFERENCES, "b".repeat(64), "c".repeat(64))));
        LabelSubject there = LabelledRun.subject("s1", "");
        LabelSubject anew = new LabelSubject(
                "s1",
                new LabelSubject.Content(
                        there.content().sha256(),
                        there.content().task(),
                        "b".repeat(64),
                        there.content().file(),
                        ""),
                "",
                "a text");
        LabelBatch now = waiting(requests(run)
                        .ask(
                                STEP,
                                List.of(new LabelQuestion(
                                        LabelKind.ABSOLUTE,
                                        "samples",
                                        new AnnotationRequest(2, 1),
                                        LabelQuestion.Reuse.ITEMS,
                                        List.of(List.of(anew))))))
                .batches()
                .get(0)
                .batch();
        assertThat(now.name()).isEqualTo(before.name() + "-2");
        say(run, now, "s1", "pass", "pass");
        assertThat(verdicts(requests(run).ask(STEP, List.of(each("s1"))))).containsExactly(Optional.of("pass"));
        assertThat(run.store.reader().batches("gone")).hasSize(2);
    }

    @Test
    void aQuestionWithNothingToShowIsRefused() {
        LabelledRun run = run("nothing");
        assertThatThrownBy(() -> requests(run).ask(STEP, List.of(each())))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected at least one item, found none");
    }
}
