package dev.mugv.steps.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.AnnotationRequest;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.FinetuneChoice;
import dev.mugv.steps.curation.ClipReview;
import dev.mugv.steps.database.PostgresFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClipReviewTest {
    private static final String VIDEO = "b".repeat(64);
    private static final String GOOD = "a".repeat(16);
    private static final String JUMPY = "c".repeat(16);
    private static final Path WORKSPACE = Path.of("/w");
    private static final String STEP = "review-clips";

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static ClipDecision chosen(String clip, String review) {
        return new ClipDecision(clip, "", "", 1, false, review.isEmpty(), new FinetuneChoice(0.5, 1, review));
    }

    @Test
    void theRunOpensTheReviewOnceWaitsForItAndAMajorityOfFailuresOnAnyAxisRejects() {
        LabelledRun labelled = new LabelledRun(postgres.dataSource(), "cats");
        List.of("ann", "bob", "cyd").forEach(labelled.annotators::invite);
        decided(labelled);
        ClipReview review = new ClipReview(
                new LabelRequests(labelled.jdbc, labelled.store, "cats", WORKSPACE),
                new LabelSources(labelled.jdbc, WORKSPACE),
                Optional.of(new AnnotationRequest(3, 1)));
        List<ClipDecision> decisions = List.of(chosen(GOOD, ""), chosen(JUMPY, ""));
        assertThat(review.rejections()).isEmpty();
        assertThat(review.ask("cats", STEP, decisions).orElseThrow().text())
                .matches("Waiting for people who label: labels 'review-[0-9a-f]{8}' \\(clip-review\\):"
                        + " 0 of 2 items are complete, 0 of 6 labels are given\\.");
        LabelBatch batch = labelled.store.reader().batches("cats").get(0);

        say(labelled, batch, GOOD, "pass", "pass", "fail");
        say(labelled, batch, JUMPY, "fail", "pass");
        // Two of three so far: not decided.
        assertThat(review.rejections()).isEmpty();
        assertThat(review.ask("cats", STEP, decisions).orElseThrow().text())
                .contains("1 of 2 items are complete, 5 of 6 labels are given");
        assertThat(labelled.store.reader().batches("cats")).hasSize(1);

        labelled.store.give(batch, answers(labelled, batch, JUMPY, "cyd", "fail"));
        assertThat(review.rejections())
                .isEqualTo(Map.of(
                        JUMPY, "rejected by 2 of 3 annotators in '%s': motion-continuity 2".formatted(batch.name())));
        assertThat(review.ask("cats", STEP, List.of(chosen(GOOD, ""), chosen(JUMPY, "rejected"))))
                .isEmpty();
        assertThat(AwaitedBatch.of(labelled.jdbc, "cats", WORKSPACE)).isEmpty();
        assertThatThrownBy(() -> review.ask("cats", STEP, List.of(chosen(GOOD, "rejected"), chosen(JUMPY, "rejected"))))
                .hasMessageContaining("the review rejected all 2 clips. Raise 'finetune.share'");
    }

    @Test
    void whereNobodyIsAskedEarlierLabelsDoNotCount() {
        LabelledRun labelled = new LabelledRun(postgres.dataSource(), "dogs");
        ClipReview review = new ClipReview(
                new LabelRequests(labelled.jdbc, labelled.store, "dogs", WORKSPACE),
                new LabelSources(labelled.jdbc, WORKSPACE),
                Optional.empty());
        assertThat(review.rejections()).isEmpty();
    }

    /** Two clips of an admitted video, both chosen. */
    private static void decided(LabelledRun labelled) {
        labelled.jdbc.sql("""
                        INSERT INTO source_video (run_name, path, sha256, bytes, source, licence, consent, allowed_use, state)
                        VALUES ('cats', 'film.mp4', ?, 1, 'here', 'MIT', 'not needed', 'TRAINING', 'ADMITTED')""").param(VIDEO).update();
        for (String clip : List.of(GOOD, JUMPY)) {
            labelled.jdbc
                    .sql("""
                            INSERT INTO clip (clip_id, video_sha256, curation_key, first_frame, end_frame, frames_a_second, width, height,
                                entry_frame, entry_timestamp)
                            VALUES (?, ?, ?, ?, 50, 25, 64, 64, 0, 0)""")
                    .params(clip, VIDEO, VIDEO, clip.equals(GOOD) ? 0 : 25)
                    .update();
            labelled.jdbc.sql("""
                            INSERT INTO clip_decision (run_name, clip_id, kept, finetune)
                            VALUES ('cats', ?, true, true)""").param(clip).update();
        }
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
