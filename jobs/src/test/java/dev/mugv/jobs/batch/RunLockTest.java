package dev.mugv.jobs.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.steps.database.PostgresFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunLockTest {
    /** Without an unlock that is answered, the server notes the end of a connection too late for some of so many. */
    private static final int TIMES = 100;

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final RunIdentity run = new RunIdentity("locked", Path.of("/workspace"));

    @Test
    void whoeverComesRightAfterALockWasGivenBackHasIt() {
        for (int i = 0; i < TIMES; i++) {
            RunLock lock = RunLock.tryAcquire(postgres.address(), run).orElseThrow();
            lock.close();
        }
    }

    @Test
    void aLockThatIsHeldIsRefusedToOthers() {
        try (RunLock held = RunLock.tryAcquire(postgres.address(), run).orElseThrow()) {
            assertThat(held.isHeld()).isTrue();
            assertThat(RunLock.tryAcquire(postgres.address(), run)).isEmpty();
        }
    }
}
