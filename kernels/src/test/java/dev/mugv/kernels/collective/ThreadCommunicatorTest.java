package dev.mugv.kernels.collective;

import java.time.Duration;

class ThreadCommunicatorTest extends CommunicatorContract {
    @Override
    void run(int size, Scenario scenario) throws Exception {
        Duration deadline = Duration.ofMillis(scenario.isFailing() ? 200 : 60_000);
        ThreadRanks.run(size, deadline, scenario.body());
    }
}
