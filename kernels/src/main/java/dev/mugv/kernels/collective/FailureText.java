package dev.mugv.kernels.collective;

import dev.mugv.kernels.collective.CollectiveFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A failure as ranks tell it each other: reason, ranks and message, a line each. */
final class FailureText {
    private FailureText() {}

    static byte[] bytes(CollectiveFailure failure, int most) {
        String ranks = failure.ranks().stream().map(String::valueOf).collect(Collectors.joining(","));
        byte[] text = (failure.reason() + "\n" + ranks + "\n" + failure.getMessage()).getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(text, Math.min(text.length, most));
    }

    static CollectiveFailure parse(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 3);
        List<Integer> ranks = lines[1].isEmpty()
                ? List.of()
                : Arrays.stream(lines[1].split(",")).map(Integer::valueOf).toList();
        return new CollectiveFailure(Reason.valueOf(lines[0]), ranks, lines[2], null);
    }
}
