package dev.mugv.model.worker;

import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the batch script tells the worker.
 *
 * @param order the order's file
 * @param folder where claim, heartbeat and exit record belong
 * @param run the executor's restart count, from 0
 */
public record WorkerArguments(Path order, AttemptFolder folder, int run) {
    /**
     * Reads {@code --order FILE --attempt-folder DIR --run N} in any order.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST}
     */
    public static WorkerArguments parse(List<String> arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i + 1 < arguments.size(); i += 2) {
            values.put(arguments.get(i), arguments.get(i + 1));
        }
        String order = values.get("--order");
        String folder = values.get("--attempt-folder");
        String run = values.get("--run");
        if (arguments.size() != 6 || order == null || folder == null || run == null || !run.matches("\\d{1,9}")) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot start the worker: expected --order FILE --attempt-folder DIR --run N, found %s. Let the"
                                    .formatted(arguments)
                            + " batch script start it.");
        }
        return new WorkerArguments(Path.of(order), new AttemptFolder(Path.of(folder)), Integer.parseInt(run));
    }
}
