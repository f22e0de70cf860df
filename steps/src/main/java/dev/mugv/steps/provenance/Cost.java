package dev.mugv.steps.provenance;

import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What making something took, by the recorded times of all attempts at it.
 *
 * @param wallClock of all runs
 * @param coreHours threads of all ranks, over those times
 * @param gpuHours devices of all ranks, over those times; 0 for work on processors
 */
public record Cost(Duration wallClock, double coreHours, double gpuHours) {
    static final Cost NONE = new Cost(Duration.ZERO, 0, 0);
    private static final double SECONDS_AN_HOUR = 3600;

    Cost plus(Cost other) {
        return new Cost(wallClock.plus(other.wallClock), coreHours + other.coreHours, gpuHours + other.gpuHours);
    }

    /** Of an artifact, by the attempts that it was made by and resumed from. */
    static Cost of(LineageReader reader, LineageNode artifact) {
        Duration time = Duration.ZERO;
        for (LineageEdge edge : reader.parents(artifact)) {
            if (edge.role() == EdgeRole.MADE_BY || edge.role() == EdgeRole.RESUMED_FROM) {
                LineageNode attempt = reader.nodes(List.of(edge.parentId())).get(0);
                time = time.plus(time(reader.facts(attempt)));
            }
        }
        JsonNode facts = reader.facts(artifact);
        double hours = time.toMillis() / 1000.0 / SECONDS_AN_HOUR;
        int ranks = Math.max(1, facts.path("ranks").asInt(1));
        boolean gpus = facts.path("device").asString("cpu").startsWith("cuda");
        return new Cost(time, hours * ranks * facts.path("threads").asInt(1), gpus ? hours * ranks : 0);
    }

    private static Duration time(JsonNode attempt) {
        Duration time = Duration.ZERO;
        for (JsonNode run : attempt.path("runs")) {
            if (run.has("started-at") && run.has("ended-at")) {
                time = time.plus(Duration.between(
                        Instant.parse(run.path("started-at").asString()),
                        Instant.parse(run.path("ended-at").asString())));
            }
        }
        return time;
    }
}
