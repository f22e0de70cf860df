package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.executor.Observation.EndState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stops, ends of controllers, and what goes on after them. */
class WorkEngineStopTest extends EngineFixture {
    @Test
    void noAnswerAboutAnElementIsNoEnd() {
        executor.answers = false;
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a"), Tolerance.NONE);
        for (int i = 0; i < 50; i++) {
            assertThat(engine.advance(session, bench.recorder())).isInstanceOf(WorkOutcome.Continues.class);
        }
        assertThat(bench.states()).containsExactly(AttemptState.OPEN);
        executor.answers = true;
        bench.run(Tolerance.NONE, "a");
        assertThat(bench.states()).containsExactly(AttemptState.SUCCEEDED);
    }

    @Test
    void aStoppedStepGoesOnLaterWithoutARetrySpent() {
        executor.holdsEverything = true;
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a", "b"), Tolerance.NONE);
        for (int i = 0; i < 10; i++) {
            engine.advance(session, bench.recorder());
        }
        engine.stop(session);
        assertThat(bench.states()).containsExactly(AttemptState.STOPPED, AttemptState.STOPPED);
        assertThat(executor.stopRequests()).isEqualTo(2);
        executor.holdsEverything = false;
        assertThat(bench.run(Tolerance.NONE, "a", "b")).isInstanceOf(WorkOutcome.Completed.class);
        assertThat(bench.ledger.attempts(bench.scope))
                .extracting(AttemptEntry::failure)
                .containsOnly(java.util.Optional.empty());
    }

    @Test
    void aWorkerThatStoppedByItselfGoesOnInANewAttempt() {
        executor = new InProcessExecutor(
                (name, context) -> {
                    if (executor.starts.size() < 3) {
                        throw new StopRequestedException("saved at update " + executor.starts.size());
                    }
                },
                clock);
        bench = bench(WorkListener.silent());
        assertThat(bench.run(Tolerance.NONE, "a")).isInstanceOf(WorkOutcome.Completed.class);
        assertThat(bench.states()).containsExactly(AttemptState.STOPPED, AttemptState.STOPPED, AttemptState.SUCCEEDED);
    }

    @Test
    void aWorkerThatLeftInOrderBecauseSomebodyCancelledItIsNotTriedAgain() {
        executor = new InProcessExecutor(
                (name, context) -> {
                    if (executor.starts.size() == 1) {
                        throw new StopRequestedException("saved");
                    }
                },
                clock);
        executor.ends.add(InProcessExecutor.endsAs(EndState.CANCELLED, 72));
        bench = bench(WorkListener.silent());
        assertThat(Bench.failure(bench.run(Tolerance.NONE, "a")))
                .hasMessageStartingWith("Cannot finish 'a': somebody cancelled it, not mugv");
        assertThat(bench.ledger.attempts(bench.scope).get(0).failure()).contains(FailureClass.CANCELLED);
        assertThat(bench.run(Tolerance.NONE, "a"))
                .as("the command given again goes on")
                .isInstanceOf(WorkOutcome.Completed.class);
    }

    @Test
    void aWorkerWithoutProgressIsStoppedAndTriedOnceMore() {
        executor.holdsEverything = true;
        WorkFailure failure = Bench.failure(bench.run(Tolerance.NONE, "a"));
        assertThat(failure).hasMessage("Cannot finish 'a': no progress for 2 minutes. See the attempt's log.");
        assertThat(bench.states()).containsExactly(AttemptState.FAILED, AttemptState.FAILED);
    }

    @Test
    void workThatIsNoLongerPlannedIsStoppedAndNotRecorded() {
        executor.holdsEverything = true;
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("old"), Tolerance.NONE);
        for (int i = 0; i < 10; i++) {
            engine.advance(session, bench.recorder());
        }
        bench = bench(new WorkListener() {
            @Override
            public void progressed(WorkProgress progress) {}

            @Override
            public void changed(StepScope scope, String line) {
                executor.holdsEverything &= !line.contains("asked to stop: NOT_PLANNED");
            }
        });
        assertThat(bench.run(Tolerance.NONE, "new")).isEqualTo(new WorkOutcome.Completed(1, 0, 0));
        assertThat(bench.states()).containsExactlyInAnyOrder(AttemptState.STOPPED, AttemptState.SUCCEEDED);
        assertThat(bench.recorded).containsExactly("new");
    }

    /** The controller dies after each persisted change in turn; the next one ends the work, and none runs twice. */
    @Test
    void noAttemptRunsTwiceWhereverTheControllerDies() {
        for (int death = 1; ; death++) {
            executor = new InProcessExecutor(this::work, clock);
            List<String> changes = new ArrayList<>();
            int last = death;
            Path folder = create("death-" + death);
            Bench dying = new Bench(
                    postgres.dataSource(),
                    folder,
                    executor,
                    Bench.inProcess(),
                    Bench.surroundings(clock, new DyingListener(changes, last)));
            boolean died = false;
            try {
                dying.run(Tolerance.NONE, "a", "b", "c", "d");
            } catch (ControllerDeath e) {
                died = true;
            }
            Bench next = new Bench(
                    postgres.dataSource(),
                    folder,
                    executor,
                    Bench.inProcess(),
                    Bench.surroundings(clock, WorkListener.silent()));
            assertThat(next.run(Tolerance.NONE, "a", "b", "c", "d"))
                    .as("death %d", death)
                    .isInstanceOf(WorkOutcome.Completed.class);
            assertThat(executor.starts).as("death %d", death).containsExactlyInAnyOrder("a", "b", "c", "d");
            assertThat(next.states()).doesNotContain(AttemptState.OPEN, AttemptState.FAILED, AttemptState.SUSPECT);
            if (!died) {
                assertThat(death).as("deaths tried").isGreaterThan(10);
                return;
            }
        }
    }

    @Test
    void aSecondControllerIsStoppedByItsFirstChange() {
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a"), Tolerance.NONE);
        engine.advance(session, bench.recorder());
        bench.run(Tolerance.NONE, "a");
        assertThatThrownBy(() -> engine.advance(session, bench.recorder()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was changed by somebody else");
    }
}
