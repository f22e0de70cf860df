package dev.mugv.jobs.batch;

import dev.mugv.steps.database.DatabaseAddress;
import java.util.concurrent.CountDownLatch;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/** A process of its own that gets as far as its second step, says so, and waits there to be killed. */
final class KilledController {
    private KilledController() {}

    public static void main(String[] arguments) {
        DatabaseAddress database = new DatabaseAddress(arguments[0], arguments[1], arguments[2]);
        TestApplication application = new TestApplication(database, arguments[3]);
        application.launch(application.job(
                "two-steps",
                application.step("first", (contribution, chunk) -> RepeatStatus.FINISHED),
                application.step("second", (contribution, chunk) -> {
                    System.out.println("waiting in the second step");
                    new CountDownLatch(1).await();
                    return RepeatStatus.FINISHED;
                })));
    }
}
