package dev.mugv.steps.audit;

import dev.mugv.steps.audit.AuditFinding.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Tells events that stand at a wrong place from events with a wrong content. */
final class MovedEvents {
    private MovedEvents() {}

    /**
     * What became of an event whose content does not have its hash.
     *
     * @param places where else it may have been written
     */
    static AuditFinding finding(AuditEntry event, Set<Long> places) {
        for (long place : places) {
            if (place > 0 && event.hashAt(place).equals(event.hash())) {
                return new AuditFinding(
                        Kind.MOVED,
                        event.number(),
                        event.number(),
                        "expected event %d there, found event %d".formatted(event.number(), place));
            }
        }
        return new AuditFinding(
                Kind.CHANGED,
                event.number(),
                event.number(),
                "expected the content of hash %s, found %s (%s of %s)"
                        .formatted(
                                ChainVerification.brief(event.hash()),
                                ChainVerification.brief(event.hashAt(event.number())),
                                event.kind(),
                                event.subject()));
    }

    /** Findings in the order of events. */
    static List<AuditFinding> merged(List<AuditFinding> findings) {
        List<AuditFinding> sorted = new ArrayList<>(findings);
        sorted.sort(java.util.Comparator.comparingLong(AuditFinding::first));
        return List.copyOf(sorted);
    }
}
