package dev.mugv.kernels.collective;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

class ThreadCommunicatorTest extends CommunicatorContract {
    private static final Set<Scenario> FAILING = EnumSet.of(Scenario.ABSENT, Scenario.NO_MESSAGE);

    @Override
    void run(int size, Scenario scenario) throws Exception {
        Duration deadline = Duration.ofMillis(FAILING.contains(scenario) ? 200 : 60_000);
        ThreadRanks.run(size, deadline, scenario.body());
    }
}
