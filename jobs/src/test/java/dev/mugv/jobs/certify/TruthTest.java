package dev.mugv.jobs.certify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.certify.Testimonies.RunTestimony;
import dev.mugv.model.format.WitnessLine;
import dev.mugv.model.format.WitnessLine.Event;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.TaskKind;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.steps.work.AttemptEntry;
import dev.mugv.steps.work.AttemptState;
import dev.mugv.steps.work.FailureClass;
import dev.mugv.steps.work.StepScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The count is what certifies, so everything that it must find is shown to it. */
class TruthTest {
    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
    private static final String FIRST = "0".repeat(32);
    private static final String SECOND = "1".repeat(32);

    private final List<AttemptEntry> attempts = new ArrayList<>();
    private final List<RunTestimony> runs = new ArrayList<>();
    private final Map<ElementId, Integer> lastRuns = new HashMap<>();
    private final Map<ElementId, Injury> injuries = new HashMap<>();

    @Test
    void workThatWasDoneOnceIsNoFinding() {
        succeeded(FIRST, 1, 0);
        run(FIRST, 0, 0, 5, Event.DONE);
        Findings findings = findings();
        assertThat(findings.areNone()).isTrue();
        assertThat(findings.unexplained()).isEmpty();
    }

    @Test
    void twoRunsAtTheSameTimeAreADuplicate() {
        succeeded(SECOND, 2, 0);
        failed(FIRST, 1, FailureClass.NODE_FAILURE);
        run(FIRST, 0, 0, 10);
        run(SECOND, 0, 4, 12, Event.DONE);
        assertThat(findings().duplicates()).singleElement().asString().startsWith("at work at the same time");
    }

    @Test
    void clocksThatDifferByASecondMakeNoDuplicate() {
        succeeded(SECOND, 2, 0);
        failed(FIRST, 1, FailureClass.NODE_FAILURE);
        run(FIRST, 0, 0, 10);
        run(SECOND, 0, 9, 12, Event.DONE);
        assertThat(findings().duplicates()).isEmpty();
    }

    @Test
    void oneRunStartedTwiceIsADuplicateHoweverFarApart() {
        succeeded(FIRST, 1, 0);
        run(FIRST, 0, 0, 1);
        run(FIRST, 0, 60, 65, Event.DONE);
        assertThat(findings().duplicates()).singleElement().asString().startsWith("started twice");
    }

    @Test
    void workDoneAgainAfterItWasDoneIsADuplicate() {
        attempt(FIRST, 1, AttemptState.FAILED, Optional.of(FailureClass.NODE_FAILURE));
        succeeded(SECOND, 2, 0);
        run(FIRST, 0, 0, 5, Event.DONE);
        run(SECOND, 0, 20, 25, Event.DONE);
        Findings findings = findings();
        assertThat(findings.duplicates()).singleElement().asString().startsWith("done again");
        assertThat(findings.wrongVerdicts())
                .as("a run that was done did not fail")
                .hasSize(1);
    }

    @Test
    void aPieceWithoutASuccessIsALoss() {
        failed(FIRST, 1, FailureClass.NODE_FAILURE);
        run(FIRST, 0, 0, 5);
        assertThat(findings().losses()).containsExactly("piece-000: no attempt succeeded");
    }

    @Test
    void anAttemptThatWasNeverDecidedIsALoss() {
        succeeded(FIRST, 1, 0);
        run(FIRST, 0, 0, 5, Event.DONE);
        attempt(SECOND, 2, AttemptState.OPEN, Optional.empty());
        assertThat(findings().losses()).singleElement().asString().endsWith("never decided");
    }

    @Test
    void aSuccessThatNoRunTellsOfIsAWrongVerdict() {
        succeeded(FIRST, 1, 0);
        run(FIRST, 0, 0, 5);
        assertThat(findings().wrongVerdicts()).hasSize(1);
    }

    @Test
    void aStoppedAttemptThatRanIsAWrongVerdict() {
        succeeded(SECOND, 2, 0);
        run(SECOND, 0, 20, 25, Event.DONE);
        attempt(FIRST, 1, AttemptState.STOPPED, Optional.empty());
        assertThat(findings().areNone())
                .as("withdrawn before it was handed over")
                .isTrue();
        run(FIRST, 0, 0, 5, Event.STOPPED);
        assertThat(findings().wrongVerdicts()).hasSize(1);
    }

    @Test
    void anAttemptJudgedByAnEarlierRunIsAWrongVerdict() {
        succeeded(FIRST, 1, 0);
        run(FIRST, 0, 0, 5);
        run(FIRST, 1, 20, 25, Event.DONE);
        assertThat(findings().wrongVerdicts()).singleElement().asString().endsWith("judged by run 0, the last was 1");
        lastRuns.put(new ElementId(FIRST, 0), 1);
        assertThat(findings().areNone()).isTrue();
    }

    @Test
    void everyInjuryHasTheVerdictThatIsRight() {
        failed(FIRST, 1, FailureClass.CANCELLED);
        run(FIRST, 0, 0, 5);
        succeeded(SECOND, 2, 0);
        run(SECOND, 0, 20, 25, Event.DONE);
        assertThat(findings().wrongVerdicts())
                .as("cancelled, and nobody did it")
                .hasSize(1);
        injuries.put(new ElementId(FIRST, 0), Injury.CANCELLED);
        assertThat(findings().areNone()).isTrue();
        injuries.put(new ElementId(FIRST, 0), Injury.KILLED_FOR_MEMORY);
        assertThat(findings().wrongVerdicts()).hasSize(1);
        injuries.put(new ElementId(FIRST, 0), Injury.ON_A_LOST_NODE);
        assertThat(findings().wrongVerdicts()).hasSize(1);
    }

    @Test
    void aKillForMemoryThatCountsAsSuccessIsAWrongVerdictUnlessNothingLimitsMemory() {
        succeeded(FIRST, 1, 0);
        injuries.put(new ElementId(FIRST, 0), Injury.KILLED_FOR_MEMORY);
        run(FIRST, 0, 0, 5, Event.DONE);
        assertThat(findings().wrongVerdicts()).hasSize(1);
        runs.clear();
        run(FIRST, 0, 0, 5, Event.UNLIMITED, Event.DONE);
        assertThat(findings().areNone()).isTrue();
    }

    @Test
    void aFailureOfTheClusterItselfIsShownAndNotHeldAgainstTheEngine() {
        failed(FIRST, 1, FailureClass.NODE_FAILURE);
        run(FIRST, 0, 0, 5);
        succeeded(SECOND, 2, 0);
        run(SECOND, 0, 20, 25, Event.DONE);
        Findings findings = findings();
        assertThat(findings.areNone()).isTrue();
        assertThat(findings.unexplained()).hasSize(1);
    }

    private Findings findings() {
        return Truth.of(new Truth.Record(List.of("piece-000"), attempts, lastRuns, runs, injuries));
    }

    private void succeeded(String token, int number, int lastRun) {
        attempt(token, number, AttemptState.SUCCEEDED, Optional.empty());
        lastRuns.put(new ElementId(token, 0), lastRun);
    }

    private void failed(String token, int number, FailureClass failure) {
        attempt(token, number, AttemptState.FAILED, Optional.of(failure));
        lastRuns.put(new ElementId(token, 0), 0);
    }

    private void attempt(String token, int number, AttemptState state, Optional<FailureClass> failure) {
        attempts.add(new AttemptEntry(
                new ElementId(token, 0),
                new StepScope("certify", TrialOrder.STEP),
                1,
                "piece-000",
                TaskKind.LEAVE_WITNESS,
                new ArtifactKey("a".repeat(64)),
                number,
                100,
                state,
                Optional.empty(),
                failure,
                failure.map(Enum::name),
                START,
                state == AttemptState.OPEN ? Optional.empty() : Optional.of(START)));
    }

    private void run(String token, int run, int from, int to, Event... events) {
        List<WitnessLine> lines = new ArrayList<>();
        lines.add(line(token, run, from, Event.STARTED));
        for (Event event : events) {
            lines.add(line(token, run, to, event));
        }
        lines.add(line(token, run, to, Event.ALIVE));
        runs.add(new RunTestimony(lines));
    }

    private static WitnessLine line(String token, int run, int seconds, Event event) {
        return new WitnessLine(event, "piece-000", token, 0, 1, run, "node1", 42, "7", START.plusSeconds(seconds));
    }
}
