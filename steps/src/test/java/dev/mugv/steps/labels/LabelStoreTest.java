package dev.mugv.steps.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.labels.LabelStore.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;

class LabelStoreTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static LabelledRun labelled;

    @BeforeAll
    static void invite() {
        labelled = new LabelledRun(postgres.dataSource(), "cats");
        for (String name : List.of("ann", "bob", "cyd")) {
            labelled.annotators.invite(name);
        }
    }

    @Test
    void aLabelGivenTwiceStandsOnceAndAnotherAnswerIsRefused() {
        LabelBatch batch = labelled.batch(LabelKind.ABSOLUTE, "twice", 2, "s1");
        LabelItem item = labelled.item(batch, "s1");
        assertThat(labelled.store.give(batch, labelled.verdict(item, "ann", "pass")))
                .isEqualTo(Outcome.ADDED);
        assertThat(labelled.store.give(batch, labelled.verdict(item, "ann", "pass")))
                .isEqualTo(Outcome.THERE_ALREADY);
        assertThatThrownBy(() -> labelled.store.give(batch, labelled.verdict(item, "ann", "fail")))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("ann has labelled it already, with other answers")
                .hasMessageContaining("Withdraw that label first");
        assertThat(labelled.store.reader().standing(batch)).containsExactly(labelled.verdict(item, "ann", "pass"));
    }

    @Test
    void theTableItselfHoldsOneStandingLabelOfAnAnnotatorOnAnItem() {
        LabelBatch batch = labelled.batch(LabelKind.ABSOLUTE, "table", 2, "s1");
        LabelItem item = labelled.item(batch, "s1");
        labelled.store.give(batch, labelled.verdict(item, "ann", "pass"));
        String insert =
                "INSERT INTO label (item_id, annotator, revision, replaces, answers, origin, given_at) VALUES ('"
                        + item.itemId() + "', 'ann', %s, '{}', 'forged', now())";
        assertThatThrownBy(() -> labelled.jdbc.sql(insert.formatted("0, NULL")).update())
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("label_once_pk");
        assertThatThrownBy(() -> labelled.jdbc.sql(insert.formatted("1, 0")).update())
                .hasMessageContaining("label_replaces_withdrawn_fk");
        assertThatThrownBy(() -> labelled.jdbc.sql(insert.formatted("2, NULL")).update())
                .hasMessageContaining("label_replaces_ck");
        assertThatThrownBy(() ->
                        labelled.jdbc.sql("UPDATE label SET answers = '{}'").update())
                .rootCause()
                .hasMessageContaining("they are append-only");
    }

    @Test
    void undoIsARowThatTakesTheLastLabelBackAndAnotherMayFollow() {
        LabelBatch batch = labelled.batch(LabelKind.ABSOLUTE, "undo", 1, "s1", "s2");
        LabelItem item = labelled.item(batch, "s1");
        for (String verdict : List.of("pass", "fail", "pass")) {
            labelled.store.give(batch, labelled.verdict(item, "ann", verdict));
            assertThat(labelled.store.withdrawLast(batch, "ann", LabelledRun.NOON))
                    .isPresent();
        }
        assertThat(labelled.store.reader().standing(batch)).isEmpty();
        assertThat(labelled.store.withdrawLast(batch, "ann", LabelledRun.NOON)).isEmpty();
        labelled.store.give(batch, labelled.verdict(item, "ann", "fail"));
        assertThat(labelled.store.reader().standing(batch)).hasSize(1);
        assertThat(labelled.jdbc
                        .sql("SELECT count(*) FROM label WHERE item_id = ?")
                        .param(item.itemId())
                        .query(Integer.class)
                        .single())
                .isEqualTo(4);
    }

    @Test
    void anItemTakesNoMoreLabelsThanItsBatchAsksForHoweverManyComeAtOnce() throws Exception {
        LabelBatch batch = labelled.batch(LabelKind.ABSOLUTE, "race", 2, "s1");
        LabelItem item = labelled.item(batch, "s1");
        ExecutorService people = Executors.newFixedThreadPool(3);
        try {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (String name : List.of("ann", "bob", "cyd")) {
                calls.add(() -> {
                    try {
                        labelled.store.give(batch, labelled.verdict(item, name, "pass"));
                        return true;
                    } catch (WorkFailure refused) {
                        assertThat(refused.text()).contains("expected fewer than 2 labels, found all of them");
                        return false;
                    }
                });
            }
            int given = 0;
            for (Future<Boolean> each : people.invokeAll(calls)) {
                given += each.get() ? 1 : 0;
            }
            assertThat(given).isEqualTo(2);
        } finally {
            people.shutdownNow();
        }
        assertThat(labelled.store.reader().standing(batch)).hasSize(2);
    }

    @Test
    void openingABatchAgainChangesNothingAndOtherItemsUnderItsNameAreRefused() {
        LabelBatch batch = labelled.batch(LabelKind.PAIRWISE, "again", 3, "s1", "s2", "s1", "s3");
        List<LabelItem> items = labelled.store.reader().items(batch);
        assertThat(items).hasSize(2);
        assertThat(labelled.store.open(batch, items)).isEqualTo(Outcome.THERE_ALREADY);
        assertThatThrownBy(() -> labelled.store.open(batch, items.subList(0, 1)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected the 2 items (pairwise, 3 annotators each) that stand under this name");
        assertThatThrownBy(
                        () -> labelled.store.open(LabelBatch.of("cats", LabelKind.PAIRWISE, "none", 1, 1), List.of()))
                .hasMessageContaining("expected at least one item");
    }

    @Test
    void aPairIsOneItemWhicheverWayItIsNamedAndSidesAreMixed() {
        LabelBatch batch = LabelBatch.of("cats", LabelKind.PAIRWISE, "sides", 1, 5);
        int swapped = 0;
        for (int i = 0; i < 64; i++) {
            LabelSubject one = LabelledRun.subject("a" + i, "");
            LabelSubject other = LabelledRun.subject("b" + i, "");
            LabelItem item = LabelItem.of(batch, one, other);
            assertThat(LabelItem.of(batch, other, one)).isEqualTo(item);
            swapped += item.subjects().get(0).equals(other) ? 1 : 0;
        }
        // Even chances: fewer than 16 or more than 48 of 64 come once in 100,000.
        assertThat(swapped).isBetween(16, 48);
    }

    @Test
    void whatTheRunNoLongerHasIsNotLabelled() {
        LabelledRun other = new LabelledRun(postgres.dataSource(), "dogs");
        LabelBatch batch = other.batch(LabelKind.ABSOLUTE, "gone", 1, "s1");
        LabelItem item = other.item(batch, "s1");
        assertThat(other.store.reader().deletedSubjects(batch)).isEmpty();
        other.jdbc.sql("DELETE FROM stage_artifact WHERE run_name = 'dogs'").update();
        assertThat(other.store.reader().deletedSubjects(batch)).containsExactly("s1");
        assertThatThrownBy(() -> other.store.give(batch, other.verdict(item, "ann", "pass")))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("'s1' was deleted from run 'dogs'");
    }

    @Test
    void answersAreAllThatIsAskedAndNoMore() {
        LabelBatch batch = labelled.batch(LabelKind.HUMAN_EVALUATION, "stages", 1, "s1@finetune");
        LabelItem item = labelled.item(batch, "s1");
        assertThatThrownBy(() -> labelled.store.give(batch, labelled.label(item, "ann", "realistic=yes")))
                .hasMessageContaining("'faithful': expected one of [yes, no], found ''");
        assertThatThrownBy(
                        () -> labelled.store.give(batch, labelled.label(item, "ann", "realistic=no", "faithful=yes")))
                .hasMessageContaining("'faithful': expected no answer, because 'realistic' was not answered with yes");
        assertThatThrownBy(() -> labelled.store.give(batch, labelled.label(item, "ann", "beauty=yes")))
                .hasMessageContaining("'beauty': expected an axis of [realistic, faithful, high-quality]");
        assertThat(labelled.store.give(batch, labelled.label(item, "ann", "realistic=no")))
                .isEqualTo(Outcome.ADDED);
    }

    @Test
    void anInvitationIsOfUseOnceAndAPasswordIsKeptOnlyAsItsHash() {
        String first = labelled.annotators.invite("dan");
        assertThat(labelled.annotators.check("dan", first)).contains(Annotators.CredentialKind.INVITATION);
        assertThatThrownBy(() -> labelled.annotators.choosePassword("dan", "short"))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected 10 characters or more");
        assertThatThrownBy(() -> labelled.annotators.choosePassword("dan", first))
                .hasMessageContaining("expected another one than before");
        labelled.annotators.choosePassword("dan", "correct horse battery");
        assertThat(labelled.annotators.check("dan", first)).isEmpty();
        assertThat(labelled.annotators.check("dan", "correct horse battery"))
                .isEqualTo(Optional.of(Annotators.CredentialKind.PASSWORD));
        assertThat(labelled.annotators.check("nobody", "correct horse battery")).isEmpty();
        assertThat(labelled.jdbc
                        .sql("SELECT string_agg(hash || kind, ' ') FROM annotator_credential")
                        .query(String.class)
                        .single())
                .doesNotContain(first)
                .doesNotContain("correct horse")
                .contains("$2a$10$");
        labelled.annotators.revoke("dan");
        assertThat(labelled.annotators.check("dan", "correct horse battery")).isEmpty();
        assertThatThrownBy(() -> labelled.annotators.invite("Dan Smith"))
                .hasMessageContaining("expected a name of up to 64 small letters");
    }
}
