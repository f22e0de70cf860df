package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.train.PipelineSchedule.Direction;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineScheduleTest {
    @Test
    void withoutAPipelineEveryPassIsRunBackAtOnce() {
        assertThat(PipelineSchedule.of(0, 1, 2))
                .containsExactly(
                        new PipelineSchedule.Step(Direction.FORWARD, 0),
                        new PipelineSchedule.Step(Direction.BACK, 0),
                        new PipelineSchedule.Step(Direction.FORWARD, 1),
                        new PipelineSchedule.Step(Direction.BACK, 1));
    }

    @Test
    void aStageHoldsNoMorePassesThanThereAreStagesFromItOn() {
        for (int stages = 1; stages <= 4; stages++) {
            for (int stage = 0; stage < stages; stage++) {
                for (int passes = 0; passes <= 6; passes++) {
                    requireOrder(PipelineSchedule.of(stage, stages, passes), passes, stages - stage);
                }
            }
        }
    }

    private static void requireOrder(List<PipelineSchedule.Step> steps, int passes, int most) {
        int forward = 0;
        int back = 0;
        for (PipelineSchedule.Step step : steps) {
            if (step.direction() == Direction.FORWARD) {
                assertThat(step.pass()).isEqualTo(forward++);
            } else {
                assertThat(step.pass()).isEqualTo(back++);
            }
            assertThat(forward - back).isBetween(0, most);
        }
        assertThat(forward).isEqualTo(passes);
        assertThat(back).isEqualTo(passes);
    }
}
