package dev.mugv.steps.labels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.steps.database.PostgresFixture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AgreementTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static LabelledRun labelled;

    @BeforeAll
    static void invite() {
        labelled = new LabelledRun(postgres.dataSource(), "cats");
        List.of("ann", "bob", "cyd").forEach(labelled.annotators::invite);
    }

    private static void say(LabelBatch batch, String subject, String... verdicts) {
        List<String> names = List.of("ann", "bob", "cyd");
        for (int i = 0; i < verdicts.length; i++) {
            labelled.store.give(batch, labelled.verdict(labelled.item(batch, subject), names.get(i), verdicts[i]));
        }
    }

    @Test
    void majoritiesAreCountedAndItemsWithoutOneAreSaid() {
        LabelBatch batch = labelled.batch(LabelKind.ABSOLUTE, "majority", 3, "s1", "s2", "s3", "s4");
        say(batch, "s1", "pass", "pass", "fail");
        say(batch, "s2", "fail", "fail", "fail");
        say(batch, "s3", "pass", "fail");
        Agreement found = Agreement.of(labelled.store.reader(), batch);
        assertThat(found.items()).isEqualTo(4);
        assertThat(found.complete()).isEqualTo(2);
        assertThat(found.labels()).isEqualTo(8);
        assertThat(found.verdicts()).isEqualTo(Map.of("pass", 1, "fail", 1, "no majority", 1));
        Agreement.AxisAgreement last = found.axes().get(found.axes().size() - 1);
        assertThat(last.axis()).isEqualTo("verdict");
        // By hand: 8 values, 3 pass and 5 fail; observed (2*1/2*2 + 0 + 2)/8 = 0.5, expected 30/56.
        assertThat(last.alpha().orElseThrow()).isEqualTo(1 - 0.5 / (30 / 56.0));
        assertThat(found.axes().get(0).text()).isEqualTo("only one answer was ever given");
    }

    @Test
    void axesOfAPairAreVotesForASide() {
        assertThat(LabelKind.PAIRWISE.verdict(Map.of("aesthetics", "first", "motion", "first", "errors", "second")))
                .isEqualTo("first");
        assertThat(LabelKind.PAIRWISE.verdict(Map.of("aesthetics", "first", "motion", "tie", "errors", "second")))
                .isEqualTo("tie");
        assertThat(LabelKind.CLIP_REVIEW.verdict(
                        Map.of("motion-continuity", "pass", "content-stability", "fail", "visual-fidelity", "pass")))
                .isEqualTo("fail");
    }

    @Test
    void theStudyCountsEachStageByMajorityAndSaysWhatIsTooFew() {
        LabelBatch batch = labelled.batch(
                LabelKind.HUMAN_EVALUATION, "study", 3, "p1@merged", "p1@aligned", "p2@merged", "p2@aligned");
        for (LabelItem item : labelled.store.reader().items(batch)) {
            boolean aligned = item.subjects().get(0).method().equals("aligned");
            labelled.store.give(batch, labelled.label(item, "ann", "realistic=yes", "faithful=yes", "high-quality=no"));
            labelled.store.give(
                    batch,
                    aligned
                            ? labelled.label(item, "bob", "realistic=yes", "faithful=yes", "high-quality=yes")
                            : labelled.label(item, "bob", "realistic=no"));
            labelled.store.give(batch, labelled.label(item, "cyd", "realistic=yes", "faithful=no"));
        }
        HumanStudy study = HumanStudy.of(labelled.store.reader(), batch);
        assertThat(study.methods()).extracting(HumanStudy.MethodRow::method).containsExactly("aligned", "merged");
        assertThat(study.methods().get(0).stages())
                .isEqualTo(Map.of(
                        "realistic", new ExactBinomial(2, 2),
                        "faithful", new ExactBinomial(2, 2),
                        "high-quality", new ExactBinomial(0, 2)));
        assertThat(study.methods().get(1).stages())
                .isEqualTo(Map.of(
                        "realistic", new ExactBinomial(2, 2),
                        "faithful", new ExactBinomial(0, 2),
                        "high-quality", new ExactBinomial(0, 2)));
        HumanStudy.Duel duel = study.duels().get(0);
        assertThat(duel.prompts()).isEqualTo(2);
        assertThat(duel.wins()).isEqualTo(new ExactBinomial(2, 2));
        assertThat(duel.claim()).startsWith("too few: 2 prompts tell them apart");
        assertThat(new HumanStudy.Duel("a", "b", 6, new ExactBinomial(6, 6)).claim())
                .isEqualTo("a is better");
        assertThat(new HumanStudy.Duel("a", "b", 9, new ExactBinomial(3, 8)).claim())
                .isEqualTo("no difference shown");
    }
}
