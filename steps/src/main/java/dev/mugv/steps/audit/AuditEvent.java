package dev.mugv.steps.audit;

import dev.mugv.model.run.Json;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Something that happened and is to be appended to the log.
 *
 * @param run name of the run; empty where it is about none
 * @param subject what it is about: token, token/index of an attempt, artifact key, job
 * @param detail further facts by name in lower case with hyphens
 */
public record AuditEvent(AuditKind kind, Optional<String> run, String subject, SortedMap<String, Object> detail) {
    public AuditEvent {
        detail = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(detail));
        if (run.equals(Optional.of(""))) {
            throw new IllegalArgumentException("an event of a run needs the run's name");
        }
    }

    /** An event of a run. */
    public static AuditEvent of(AuditKind kind, String run, String subject, Map<String, Object> detail) {
        return new AuditEvent(kind, Optional.of(run), subject, new TreeMap<>(detail));
    }

    /** PostgreSQL's text has no place for NUL, which a program's last words may hold. */
    String detailText() {
        return Json.text(detail).replace("\\u0000", "\\ufffd");
    }
}
