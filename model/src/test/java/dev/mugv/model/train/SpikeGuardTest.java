package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.SpikeRules;
import dev.mugv.model.config.SpikeRules.Policy;
import dev.mugv.model.train.SpikeGuard.Action;
import org.junit.jupiter.api.Test;

class SpikeGuardTest {
    private static final CounterNoise NOISE = CounterNoise.of(3, "norms");

    @Test
    void whatLiesWithinTheUsualIsAppliedWhateverThePolicy() {
        for (Policy policy : Policy.values()) {
            SpikeGuard guard = new SpikeGuard(rules(policy, 10));
            for (int i = 0; i < 400; i++) {
                assertThat(guard.judge(loss(i), norm(i)).action()).isEqualTo(Action.APPLY);
            }
        }
    }

    @Test
    void nothingIsJudgedBeforeEnoughWasObserved() {
        SpikeGuard guard = new SpikeGuard(rules(Policy.SKIP, 10));
        for (int i = 0; i < 19; i++) {
            guard.judge(loss(i), norm(i));
        }
        assertThat(guard.judge(1000, 1000).action()).isEqualTo(Action.APPLY);
    }

    @Test
    void aSpikeOfLossOrNormIsTreatedByThePolicyAndLeftOutOfTheMeans() {
        for (Policy policy : new Policy[] {Policy.CLIP, Policy.SKIP, Policy.REWIND}) {
            SpikeGuard guard = observing(policy);
            double before = guard.state().get("norm-mean");
            SpikeGuard.Judgement byNorm = guard.judge(loss(1), 50);
            SpikeGuard.Judgement byLoss = guard.judge(90, norm(1));
            assertThat(byNorm.action()).isEqualTo(Action.valueOf(policy.name()));
            assertThat(byLoss.action()).isEqualTo(Action.valueOf(policy.name()));
            assertThat(byNorm.reason()).contains("gradient norm 50");
            if (policy == Policy.CLIP) {
                // Mean 1, deviation 0.1, six of them; both are estimates.
                assertThat(byNorm.limit()).isCloseTo(1.6, within(0.2));
            } else {
                assertThat(guard.state().get("norm-mean")).isEqualTo(before);
            }
        }
    }

    @Test
    void tooManyInARowEndTheTraining() {
        SpikeGuard guard = observing(Policy.SKIP);
        for (int i = 0; i < 10; i++) {
            assertThat(guard.judge(90, 90).action()).isEqualTo(Action.SKIP);
        }
        assertThat(guard.judge(90, 90).action()).isEqualTo(Action.GIVE_UP);
    }

    @Test
    void oneThatIsRestoredJudgesWithTheSameBits() {
        SpikeGuard whole = observing(Policy.CLIP);
        SpikeGuard resumed = new SpikeGuard(rules(Policy.CLIP, 10));
        resumed.restore(whole.state());
        for (int i = 0; i < 300; i++) {
            double norm = i % 37 == 5 ? 30 : norm(i);
            assertThat(resumed.judge(loss(i), norm)).isEqualTo(whole.judge(loss(i), norm));
        }
        assertThat(resumed.state()).isEqualTo(whole.state());
    }

    private static SpikeGuard observing(Policy policy) {
        SpikeGuard guard = new SpikeGuard(rules(policy, 10));
        for (int i = 0; i < 200; i++) {
            guard.judge(loss(i), norm(i));
        }
        return guard;
    }

    private static SpikeRules rules(Policy policy, int giveUpAfter) {
        return new SpikeRules(policy, 6, 0.99, 20, giveUpAfter);
    }

    private static double norm(int i) {
        return 1 + 0.1 * NOISE.gaussian(2L * i);
    }

    private static double loss(int i) {
        return 2 + 0.1 * NOISE.gaussian(2L * i + 1);
    }
}
