package dev.mugv.jobs.query;

import dev.mugv.steps.audit.AuditKind;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * An event in words.
 *
 * @param event of the audit log
 */
public record EventStory(EventView event) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final int SHORT_HASH = 16;

    /** Time, step and what happened. */
    public String line() {
        String time = TIME.format(event.at().atZone(ZoneId.systemDefault()));
        String step = event.fact("step");
        return "%s  %-20s %s"
                .formatted(time, step.isEmpty() ? "-" : step, text())
                .stripTrailing();
    }

    /** What happened. */
    public String text() {
        Optional<AuditKind> known = Arrays.stream(AuditKind.values())
                .filter(kind -> kind.name().equals(event.kind()))
                .findFirst();
        return known.map(this::text).orElseGet(event::line);
    }

    private String text(AuditKind kind) {
        return switch (kind) {
            case CONTROLLER_STARTED ->
                "job %s: %s at work on %s, process %d"
                        .formatted(event.subject(), event.user(), event.host(), event.process());
            case CONTROLLER_ENDED ->
                "job %s: %s%s".formatted(event.subject(), word(event.fact("outcome")), because("message"));
            case SUBMITTED ->
                "submitted %s elements as %s on %s"
                        .formatted(event.fact("elements"), event.fact("external-id"), event.fact("place"));
            case REJECTED -> "submission refused" + because("reason");
            case WITHDRAWN -> "submission withdrawn, it was never handed over";
            case STARTED -> "%s started on %s".formatted(attempt(), event.fact("host"));
            case REQUEUED -> "%s put back into the queue by the executor".formatted(attempt());
            case FINISHED ->
                "%s ended: executor %s, worker %s"
                        .formatted(
                                attempt(),
                                word(event.fact("executor-state")),
                                event.fact("worker-says").isEmpty() ? "left no word" : word(event.fact("worker-says")));
            case VERDICT ->
                "%s: %s%s%s"
                        .formatted(
                                attempt(),
                                word(event.fact("state")),
                                event.fact("failure").isEmpty() ? "" : " (" + word(event.fact("failure")) + ")",
                                because("message"));
            case STOP_REQUESTED ->
                "elements %s asked to stop: %s".formatted(event.fact("indices"), word(event.fact("reason")));
            case CANCELLED ->
                "elements %s cancelled by %s%s".formatted(event.fact("indices"), event.fact("by"), because("note"));
            case PUBLISHED ->
                "checkpoint %s published, weights %s".formatted(shortKey(), shortened(event.fact("content-sha256")));
            case VERIFIED -> "checkpoint %s verified by %s".formatted(shortKey(), event.user());
            case ALARM -> "ALARM about %s%s".formatted(shortKey(), because("found"));
            case PINNED -> "artifact %s pinned by %s%s".formatted(shortKey(), event.user(), because("note"));
            case UNPINNED -> "artifact %s unpinned by %s".formatted(shortKey(), event.user());
            case DELETED ->
                "artifact %s removed by %s, %s bytes".formatted(shortKey(), event.user(), event.fact("bytes"));
            case EXPORTED -> "%s exported by %s".formatted(shortKey(), event.user());
            case RECORDED -> "%s nodes of lineage recorded and sealed".formatted(event.fact("nodes"));
            case ANNOTATOR_INVITED -> "annotator %s invited by %s".formatted(event.subject(), event.user());
            case CREDENTIAL_SET -> "credential %s: %s".formatted(event.subject(), word(event.fact("credential")));
            case LABELS_OPENED ->
                "labels '%s' opened by %s: %s items".formatted(event.fact("name"), event.user(), event.fact("items"));
            case LABELLED -> "label %s: %s".formatted(event.subject(), event.fact("answers"));
            case LABEL_WITHDRAWN -> "label %s withdrawn".formatted(event.subject());
            case UNPROTECTED -> "the audit log was not protected" + because("role");
        };
    }

    private String attempt() {
        String run = event.fact("run").isEmpty() ? "" : ", run " + event.fact("run");
        return "'%s' (attempt %s%s)".formatted(event.fact("label"), event.fact("number"), run);
    }

    private String because(String fact) {
        String text = event.fact(fact);
        return text.isEmpty() ? "" : ": " + text.lines().findFirst().orElse("");
    }

    private String shortKey() {
        return shortened(event.subject());
    }

    private static String shortened(String hash) {
        return hash.length() > SHORT_HASH ? hash.substring(0, SHORT_HASH) : hash;
    }

    private static String word(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
