package dev.mugv.steps.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.labels.LabelTransfer.Imported;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class LabelTransferTest {
    private static final String HEADER = "subject,annotator,semantic-match,subject-preserved,free-of-errors\n";

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static LabelledRun labelled;
    private static LabelTransfer transfer;

    @TempDir
    Path folder;

    @BeforeAll
    static void invite() {
        labelled = new LabelledRun(postgres.dataSource(), "cats");
        List.of("ann", "bob").forEach(labelled.annotators::invite);
        transfer = new LabelTransfer(
                labelled.store,
                labelled.annotators,
                labelled.transactions,
                Clock.fixed(LabelledRun.NOON, ZoneOffset.UTC));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("labels.csv"), text);
    }

    private void requireRefused(LabelBatch batch, String text, String... said) throws IOException {
        Path file = file(text);
        List<GivenLabel> before = labelled.store.reader().standing(batch);
        assertThatThrownBy(() -> transfer.importCsv(batch, file))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContainingAll(said)
                .hasMessageContaining("Nothing was imported");
        assertThat(labelled.store.reader().standing(batch)).isEqualTo(before);
    }

    @Test
    void aFileIsImportedOnceHoweverOftenItIsGiven() throws IOException {
        LabelBatch batch = labelled.batch(LabelKind.ABSOLUTE, "twice", 2, "s1", "s2");
        Path file = file(HEADER + "s1,ann,pass,pass,pass\ns2,ann,pass,fail,pass\ns1,bob,pass,pass,fail\n");
        assertThat(transfer.importCsv(batch, file)).isEqualTo(new Imported(3, 0));
        assertThat(transfer.importCsv(batch, file)).isEqualTo(new Imported(0, 3));
        assertThat(labelled.store.reader().standing(batch))
                .hasSize(3)
                .allSatisfy(label -> assertThat(label.origin()).isEqualTo("imported from labels.csv"));
    }

    @Test
    void whatIsExportedCanBeImportedElsewhere() throws IOException {
        LabelBatch batch = labelled.batch(LabelKind.PAIRWISE, "out", 2, "s1", "s2");
        LabelItem item = labelled.item(batch, "s1");
        labelled.store.give(batch, labelled.label(item, "ann", "aesthetics=first", "motion=tie", "errors=second"));
        String csv = transfer.csv(batch);
        assertThat(csv.lines().findFirst())
                .contains("batch,item,first,second,annotator,aesthetics,motion,errors,given-at");

        LabelledRun elsewhere = new LabelledRun(postgres.dataSource(), "dogs");
        LabelBatch same = elsewhere.batch(LabelKind.PAIRWISE, "out", 2, "s1", "s2");
        LabelTransfer into =
                new LabelTransfer(elsewhere.store, elsewhere.annotators, elsewhere.transactions, Clock.systemUTC());
        // Items of another run have other ids, and the sides may be others; the samples are the same.
        Path file = file(csv.replace("," + item.itemId() + ",", ",,"));
        assertThat(into.importCsv(same, file)).isEqualTo(new Imported(1, 0));
        GivenLabel there = elsewhere.store.reader().standing(same).get(0);
        LabelItem other = elsewhere.item(same, "s1");
        boolean mirrored = !other.subjects()
                .get(0)
                .subjectId()
                .equals(item.subjects().get(0).subjectId());
        assertThat(there.answers().get("aesthetics")).isEqualTo(mirrored ? "second" : "first");
        assertThat(there.answers().get("motion")).isEqualTo("tie");
        assertThat(there.givenAt()).isEqualTo(LabelledRun.NOON);
    }

    @Test
    void aPairNamedTheOtherWayRoundIsTheSamePair() throws IOException {
        LabelBatch batch = labelled.batch(LabelKind.PAIRWISE, "mirror", 2, "s1", "s2");
        LabelItem item = labelled.item(batch, "s1");
        String left = item.subjects().get(0).subjectId();
        String right = item.subjects().get(1).subjectId();
        String header = "first,second,annotator,aesthetics,motion,errors\n";
        transfer.importCsv(batch, file(header + right + "," + left + ",ann,first,tie,second\n"));
        assertThat(labelled.store.reader().standing(batch).get(0))
                .satisfies(label -> assertThat(label.answers())
                        .containsEntry("aesthetics", "second")
                        .containsEntry("errors", "first"));
        // So this is no contradiction, and one annotator twice all the same.
        assertThat(transfer.importCsv(batch, file(header + left + "," + right + ",ann,second,tie,first\n")))
                .isEqualTo(new Imported(0, 1));
    }

    @Test
    void unknownAndDeletedVideosAreNamedByLineAndColumn() throws IOException {
        LabelledRun other = new LabelledRun(postgres.dataSource(), "birds");
        LabelBatch batch = other.batch(LabelKind.ABSOLUTE, "gone", 2, "s1", "s2");
        requireRefused(
                batch,
                HEADER + "s1,ann,pass,pass,pass\nzz,ann,pass,pass,pass\n",
                "line 3, column 'subject': labels 'gone' have no 'zz': it is unknown in run 'birds'");
        other.jdbc.sql("DELETE FROM stage_artifact WHERE run_name = 'birds'").update();
        requireRefused(
                batch,
                HEADER + "s1,ann,pass,pass,pass\n",
                "line 2, column 'subject': 's1' was deleted from run 'birds'");
    }

    @Test
    void oneAnnotatorTwiceAStrangerAndTooManyLabelsAreNamed() throws IOException {
        LabelBatch batch = labelled.batch(LabelKind.ABSOLUTE, "people", 1, "s1", "s2");
        requireRefused(
                batch,
                HEADER + "s1,ann,pass,pass,pass\ns1,ann,pass,pass,pass\n",
                "line 3, column 'annotator': 'ann' labels this item twice, first on line 2");
        requireRefused(
                batch,
                HEADER + "s1,eve,pass,pass,pass\n",
                "line 2, column 'annotator': nobody of the name 'eve' was invited");
        requireRefused(
                batch,
                HEADER + "s1,ann,pass,pass,pass\ns1,bob,pass,pass,pass\n",
                "line 3, column 'annotator': item",
                "gets more than its 1 labels");
    }

    @Test
    void whatContradictsAStandingLabelIsRefusedWithBothAnswers() throws IOException {
        LabelBatch batch = labelled.batch(LabelKind.ABSOLUTE, "contradiction", 2, "s1", "s2");
        transfer.importCsv(batch, file(HEADER + "s1,ann,pass,pass,pass\n"));
        requireRefused(
                batch,
                HEADER + "s2,ann,pass,pass,pass\ns1,ann,pass,fail,pass\n",
                "line 3, column 'subject-preserved': contradicts what 'ann' said of this item");
    }

    @Test
    void wrongColumnsAndCellsAreNamed() throws IOException {
        LabelBatch batch = labelled.batch(LabelKind.ABSOLUTE, "columns", 2, "s1");
        requireRefused(
                batch,
                "subject,annotator,semantic-match,subject-preserved\ns1,ann,pass,pass\n",
                "line 1, column 'free-of-errors': expected this column for labels of kind absolute");
        requireRefused(
                batch,
                HEADER.replace("\n", ",mood\n") + "s1,ann,pass,pass,pass,good\n",
                "line 1, column 'mood': expected only columns of");
        requireRefused(batch, HEADER + "s1,ann,pass\n", "line 2: expected 5 cells, found 3");
        requireRefused(
                batch,
                HEADER + "s1,ann,pass,maybe,pass\n",
                "line 2, column 'subject-preserved': expected one of [pass, fail], found 'maybe'");
        requireRefused(batch, "", "line 1, column 'subject'");
        requireRefused(batch, "subject,\"annotator\nx", "Cannot import labels");
        requireRefused(
                batch,
                HEADER.replace("\n", ",given-at\n") + "s1,ann,pass,pass,pass,yesterday\n",
                "line 2, column 'given-at': expected a time such as");
    }
}
