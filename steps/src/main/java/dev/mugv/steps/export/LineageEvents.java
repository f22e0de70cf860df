package dev.mugv.steps.export;

import dev.mugv.steps.lineage.LineageNode;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.client.OpenLineageClientUtils;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * An excerpt as OpenLineage run events, one JSON object a line: a START and a COMPLETE for each attempt that made something of
 * it. Jobs are steps of the pipeline; datasets are named by kind and content, which is also their version.
 */
public final class LineageEvents {
    static final String NAMESPACE = "mugv";
    private static final URI PRODUCER = URI.create("urn:mugv:batch");

    private final OpenLineage language = new OpenLineage(PRODUCER);
    private final Excerpt excerpt;

    private LineageEvents(Excerpt excerpt) {
        this.excerpt = excerpt;
    }

    /** The events in order, a line each. */
    public static String of(Excerpt excerpt) {
        LineageEvents events = new LineageEvents(excerpt);
        StringBuilder lines = new StringBuilder();
        for (LineageNode attempt : excerpt.makers()) {
            for (OpenLineage.RunEvent event : events.of(attempt)) {
                lines.append(OpenLineageClientUtils.toJson(event)).append('\n');
            }
        }
        return lines.toString();
    }

    private List<OpenLineage.RunEvent> of(LineageNode attempt) {
        JsonNode facts = excerpt.factsOf(attempt);
        RunTimes times = RunTimes.in(facts);
        Instant ended = times.ended().orElse(attempt.recordedAt());
        List<OpenLineage.RunEvent> events = new ArrayList<>();
        events.add(event(attempt, facts, EventType.START, times.begun().orElse(ended)));
        events.add(event(attempt, facts, EventType.COMPLETE, ended));
        return events;
    }

    private OpenLineage.RunEvent event(LineageNode attempt, JsonNode facts, EventType type, Instant time) {
        // The same attempt has the same run in every export.
        UUID run = UUID.nameUUIDFromBytes(attempt.key().toString().getBytes(StandardCharsets.UTF_8));
        OpenLineage.RunEventBuilder event = language.newRunEventBuilder()
                .eventType(type)
                .eventTime(time.atZone(ZoneOffset.UTC))
                .run(language.newRunBuilder().runId(run).build())
                .job(language.newJobBuilder()
                        .namespace(NAMESPACE)
                        .name(facts.path("run-name").asString("") + "."
                                + facts.path("step").asString(attempt.label()))
                        .build())
                .inputs(excerpt.usedBy(attempt).stream().map(this::input).toList());
        return type == EventType.COMPLETE
                ? event.outputs(excerpt.madeBy(attempt).stream()
                                .map(this::output)
                                .toList())
                        .build()
                : event.outputs(List.of()).build();
    }

    private OpenLineage.InputDataset input(LineageNode node) {
        return language.newInputDatasetBuilder()
                .namespace(NAMESPACE)
                .name(node.key().toString())
                .facets(facets(node))
                .build();
    }

    private OpenLineage.OutputDataset output(LineageNode node) {
        return language.newOutputDatasetBuilder()
                .namespace(NAMESPACE)
                .name(node.key().toString())
                .facets(facets(node))
                .build();
    }

    private OpenLineage.DatasetFacets facets(LineageNode node) {
        return language.newDatasetFacetsBuilder()
                .documentation(language.newDocumentationDatasetFacetBuilder()
                        .description(node.label())
                        .build())
                .version(language.newDatasetVersionDatasetFacet(node.key().identity()))
                .build();
    }
}
