package dev.mugv.jobs.query;

import dev.mugv.model.run.Json;
import dev.mugv.steps.audit.AuditEntry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** An event of the audit log as people and programs read it. Many components because it is one row, read whole. */
public record EventView(
        long number,
        Instant at,
        String kind,
        Optional<String> run,
        String subject,
        JsonNode detail,
        String user,
        String host,
        long process,
        String databaseRole,
        String address,
        String hash) {
    /** The event of a row. */
    public static EventView of(AuditEntry entry) {
        return new EventView(
                entry.number(),
                entry.occurredAt(),
                entry.kind(),
                Optional.of(entry.run()).filter(run -> !run.isEmpty()),
                entry.subject(),
                detail(entry.detail()),
                entry.user(),
                entry.host(),
                entry.process(),
                entry.databaseRole(),
                entry.address(),
                entry.hash());
    }

    /** Somebody who changes rows by hand need not leave JSON. */
    private static JsonNode detail(String text) {
        try {
            return Json.parse(text, JsonNode.class);
        } catch (JacksonException notJson) {
            return Json.tree(text);
        }
    }

    /** A fact of its detail; empty where it has none of this name. */
    public String fact(String name) {
        JsonNode fact = detail.get(name);
        return fact == null || fact.isNull() ? "" : fact.asString();
    }

    /** One line: when, what, about what, and what there is to know. */
    public String line() {
        String facts = detail.isObject()
                ? detail.properties().stream()
                        .filter(fact -> !fact.getKey().equals("message"))
                        .map(fact -> fact.getKey() + "=" + fact.getValue().asString())
                        .collect(Collectors.joining(" "))
                : detail.asString();
        return "%d  %s  %-18s %s  %s  (%s@%s:%d)"
                .formatted(
                        number,
                        at.truncatedTo(ChronoUnit.SECONDS),
                        kind.toLowerCase(Locale.ROOT).replace('_', ' '),
                        subject,
                        facts,
                        user,
                        host,
                        process);
    }
}
