package dev.mugv.steps.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.FinetuneChoice;
import dev.mugv.steps.curation.ClipReview;
import dev.mugv.steps.database.PostgresFixture;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClipReviewTest {
    private static final String VIDEO = "b".repeat(64);
    private static final String GOOD = "a".repeat(16);
    private static final String JUMPY = "c".repeat(16);

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static ClipDecision chosen(String clip, String review) {
        return new ClipDecision(clip, "", "", 1, false, review.isEmpty(), new FinetuneChoice(0.5, 1, review));
    }

    @Test
    void aMajorityOfFailuresOnAnyAxisRejectsAClipAndOpenOnesAreWaitedFor() {
        LabelledRun labelled = new LabelledRun(postgres.dataSource(), "cats");
        List.of("ann", "bob", "cyd").forEach(labelled.annotators::invite);
        labelled.jdbc.sql("""
                        INSERT INTO source_video (run_name, path, sha256, bytes, source, licence, consent, allowed_use, state)
                        VALUES ('cats', 'film.mp4', ?, 1, 'here', 'MIT', 'not needed', 'TRAINING', 'ADMITTED')""").param(VIDEO).update();
        ClipReview review = new ClipReview(labelled.store.reader(), Optional.of("sft"));
        List<ClipDecision> decisions = List.of(chosen(GOOD, ""), chosen(JUMPY, ""));
        assertThat(review.rejections("cats")).isEmpty();
        assertThatThrownBy(() -> review.requireComplete("cats", decisions))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("2 clips wait for review 'sft', which was not opened")
                .hasMessageContaining("mugv labels open --kind clip-review --name sft");

        LabelBatch batch = LabelBatch.of("cats", LabelKind.CLIP_REVIEW, "sft", 3, 1);
        labelled.store.open(batch, List.of(clip(batch, GOOD), clip(batch, JUMPY)));
        say(labelled, batch, GOOD, "pass", "pass", "fail");
        say(labelled, batch, JUMPY, "fail", "pass");
        // Two of three so far: not decided.
        assertThat(review.rejections("cats")).isEmpty();
        assertThatThrownBy(() -> review.requireComplete("cats", decisions))
                .hasMessageContaining("1 of 2 clips wait for their labels in review 'sft'")
                .hasMessageContaining("then go on with 'mugv resume'");

        labelled.store.give(batch, answers(labelled, batch, JUMPY, "cyd", "fail"));
        assertThat(review.rejections("cats"))
                .isEqualTo(Map.of(JUMPY, "rejected by 2 of 3 annotators in 'sft': motion-continuity 2"));
        review.requireComplete("cats", List.of(chosen(GOOD, ""), chosen(JUMPY, "rejected")));
        assertThatThrownBy(() -> review.requireComplete("cats", List.of(chosen(JUMPY, "rejected"))))
                .hasMessageContaining("review 'sft' rejected all 1 clips");
        labelled.batch(LabelKind.ABSOLUTE, "other", 1, "s1");
        assertThatThrownBy(() -> new ClipReview(labelled.store.reader(), Optional.of("other")).rejections("cats"))
                .hasMessageContaining("expected kind clip-review, found absolute. Correct 'finetune.review'");
    }

    private static LabelItem clip(LabelBatch batch, String id) {
        return LabelItem.of(
                batch,
                new LabelSubject(
                        id, new LabelSubject.Content(VIDEO, TaskKind.CURATE_VIDEO, VIDEO, id + ".png", ""), "", ""));
    }

    private static void say(LabelledRun labelled, LabelBatch batch, String clip, String... motion) {
        List<String> names = List.of("ann", "bob", "cyd");
        for (int i = 0; i < motion.length; i++) {
            labelled.store.give(batch, answers(labelled, batch, clip, names.get(i), motion[i]));
        }
    }

    private static GivenLabel answers(LabelledRun labelled, LabelBatch batch, String clip, String name, String motion) {
        return labelled.label(
                labelled.item(batch, clip),
                name,
                "motion-continuity=" + motion,
                "content-stability=pass",
                "visual-fidelity=pass");
    }
}
