package dev.mugv.model.worker;

import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the batch script tells the worker.
 *
 * @param order the order's file
 * @param folder where claim, heartbeat and exit record belong
 * @param run the executor's restart count, from 0
 * @param rank which of the run's processes it is
 */
public record WorkerArguments(Path order, AttemptFolder folder, int run, Rank rank) {
    private static final Set<String> ALONE = Set.of("--order", "--attempt-folder", "--run");
    private static final Set<String> RANKED = Set.of(
            "--order", "--attempt-folder", "--run", "--rank", "--ranks", "--local-rank", "--nodes", "--rendezvous");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    /**
     * Reads {@code --order FILE --attempt-folder DIR --run N} in any order, and for one of several ranks {@code --rank R
     * --ranks SIZE --local-rank L --nodes NAME,... --rendezvous DIR} with them.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST}
     */
    public static WorkerArguments parse(List<String> arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i + 1 < arguments.size(); i += 2) {
            values.put(arguments.get(i), arguments.get(i + 1));
        }
        boolean known = values.keySet().equals(ALONE) || values.keySet().equals(RANKED);
        if (!known || arguments.size() != 2 * values.size()) {
            throw refusal(arguments);
        }
        try {
            AttemptFolder folder = new AttemptFolder(Path.of(text(values, "--attempt-folder")));
            int run = number(values, "--run");
            Rank rank = values.size() == ALONE.size() ? Rank.alone(folder, run) : rank(values);
            return new WorkerArguments(Path.of(text(values, "--order")), folder, run, rank);
        } catch (IllegalArgumentException e) {
            throw refusal(arguments);
        }
    }

    private static Rank rank(Map<String, String> values) {
        return new Rank(
                number(values, "--rank"),
                number(values, "--ranks"),
                number(values, "--local-rank"),
                List.of(text(values, "--nodes").split(",")),
                Path.of(text(values, "--rendezvous")));
    }

    private static String text(Map<String, String> values, String name) {
        return values.getOrDefault(name, "");
    }

    private static int number(Map<String, String> values, String name) {
        String text = text(values, name);
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(name);
        }
        return Integer.parseInt(text);
    }

    private static WorkFailure refusal(List<String> arguments) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                ("Cannot start the worker: expected --order FILE --attempt-folder DIR --run N, and of several ranks --rank R"
                                + " --ranks SIZE --local-rank L --nodes NAME,... --rendezvous DIR as well, found %s. Let"
                                + " the batch script start it.")
                        .formatted(arguments));
    }
}
