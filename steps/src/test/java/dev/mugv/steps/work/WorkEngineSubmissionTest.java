package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.work.InProcessExecutor.SubmissionFault;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is handed over, and what is known of it. */
class WorkEngineSubmissionTest extends EngineFixture {
    @Test
    void aSubmissionThatTimedOutButWasAcceptedIsFoundAndNotRepeated() {
        executor.submissionFaults.add(SubmissionFault.TIMED_OUT_BUT_ACCEPTED);
        bench.run(Tolerance.NONE, "a");
        assertThat(executor.accepted).hasSize(1);
        assertThat(executor.starts).containsExactly("a");
    }

    @Test
    void aSubmissionThatWasLostIsRepeatedOnlyPastTheQuarantine() {
        executor.submissionFaults.add(SubmissionFault.TIMED_OUT_AND_LOST);
        Instant before = clock.instant();
        bench.run(Tolerance.NONE, "a");
        assertThat(executor.starts).containsExactly("a");
        assertThat(Duration.between(before, clock.instant())).isGreaterThanOrEqualTo(executor.quarantine);
        assertThat(bench.tokens()).hasSize(1);
    }

    @Test
    void noAnswerToASearchIsNeverAbsence() {
        executor.submissionFaults.add(SubmissionFault.TIMED_OUT_BUT_ACCEPTED);
        for (int search = 1; search <= 1000; search++) {
            executor.searchesWithoutAnswer.add(search); // 250 s, past the quarantine
        }
        bench.run(Tolerance.NONE, "a");
        assertThat(executor.accepted).hasSize(1);
        assertThat(executor.searches).isGreaterThan(1000);
    }

    @Test
    void aRefusedSubmissionFailsTheStepWithTheReason() {
        executor.submissionFaults.add(SubmissionFault.REFUSED);
        assertThat(Bench.failure(bench.run(Tolerance.NONE, "a", "b")))
                .hasMessage("Cannot submit step 'curate': the executor refused it (Invalid partition name specified)."
                        + " Remove the cause and give the command again. (2 of 2 pieces of step 'curate' failed.)");
        assertThat(executor.starts).isEmpty();
    }

    @Test
    void aRefusalInUnknownWordsIsTriedAgainAndThenFailsTheStepWithItsWords() {
        for (int tries = 0; tries < 10; tries++) {
            executor.submissionFaults.add(SubmissionFault.REFUSED_IN_UNKNOWN_WORDS);
        }
        assertThat(Bench.failure(bench.run(Tolerance.NONE, "a")))
                .hasMessage("Cannot submit step 'curate': the executor refused it (The moon is in the wrong phase)."
                        + " Remove the cause and give the command again.");
        assertThat(executor.submissionFaults).hasSize(7);
        assertThat(executor.starts).isEmpty();
    }

    @Test
    void aRefusalInUnknownWordsThatPassesIsNoFailure() {
        executor.submissionFaults.add(SubmissionFault.REFUSED_IN_UNKNOWN_WORDS);
        executor.submissionFaults.add(SubmissionFault.REFUSED_IN_UNKNOWN_WORDS);
        bench.run(Tolerance.NONE, "a");
        assertThat(executor.starts).containsExactly("a");
        assertThat(bench.states()).containsExactly(AttemptState.SUCCEEDED);
    }

    /** Four pieces in arrays of three and one, two at a time: the array of one has a share of one; alone it would have two. */
    @Test
    void whenAnArrayEndsTheOthersTakeOverItsShare() {
        executor.heldNames.addAll(List.of("a", "b"));
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a", "b", "c", "d"), Tolerance.NONE);
        for (int step = 0; step < 60; step++) {
            engine.advance(session, bench.recorder());
        }
        assertThat(executor.throttles).containsExactly(2);
        assertThat(bench.ledger.submissions(bench.scope))
                .filteredOn(row -> row.elements() == 3)
                .singleElement()
                .satisfies(row -> assertThat(row.parallel()).isEqualTo(2));
        executor.heldNames.clear();
        bench.run(Tolerance.NONE, "a", "b", "c", "d");
        assertThat(bench.states()).containsOnly(AttemptState.SUCCEEDED);
    }

    @Test
    void aFolderThatCannotBeWrittenFailsTheStepBeforeAnythingIsHandedOver() throws IOException {
        Files.writeString(workspace.resolve("submissions"), "a file where the folder should be");
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a"), Tolerance.NONE);
        engine.advance(session, bench.recorder());
        assertThatThrownBy(() -> engine.advance(session, bench.recorder()))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot write submission '" + workspace.resolve("submissions"))
                .hasMessageEndingWith("Make room or give access, then give the command again.");
        assertThat(executor.accepted).isEmpty();
        Files.delete(workspace.resolve("submissions"));
        bench.run(Tolerance.NONE, "a");
        assertThat(bench.states()).containsExactlyInAnyOrder(AttemptState.STOPPED, AttemptState.SUCCEEDED);
    }
}
