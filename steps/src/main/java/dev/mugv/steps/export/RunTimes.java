package dev.mugv.steps.export;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** When an attempt was at work, from the facts of its runs. */
record RunTimes(Optional<Instant> begun, Optional<Instant> ended) {
    static RunTimes in(JsonNode facts) {
        return new RunTimes(
                times(facts, "started-at").min(Comparator.naturalOrder()),
                times(facts, "ended-at").max(Comparator.naturalOrder()));
    }

    private static Stream<Instant> times(JsonNode facts, String name) {
        return facts.path("runs")
                .valueStream()
                .map(run -> run.path(name).asString(""))
                .filter(text -> !text.isEmpty())
                .map(Instant::parse);
    }
}
