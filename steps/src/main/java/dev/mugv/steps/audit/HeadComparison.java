package dev.mugv.steps.audit;

import dev.mugv.steps.audit.AuditFinding.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Heads beside published checkpoints against the events of a database. */
final class HeadComparison {
    private final List<HeadFiles.Located> all;
    private final List<HeadFiles.Located> agreeing = new ArrayList<>();
    private final List<HeadFiles.Located> differing = new ArrayList<>();

    HeadComparison(Collection<HeadFiles.Located> all) {
        this.all = all.stream()
                .sorted(Comparator.comparingLong(located -> located.head().events()))
                .toList();
    }

    /** Notes the hash of the event that a head names. */
    void note(HeadFiles.Located head, String hash) {
        (head.head().hash().equals(hash) ? agreeing : differing).add(head);
    }

    /**
     * What is wrong, once all events were noted.
     *
     * @param last number of the last event
     * @param soundByItself whether the events themselves are in order, which tells a restored database from a damaged one
     */
    List<AuditFinding> findings(ChainState state, long last, boolean soundByItself) {
        List<AuditFinding> findings = new ArrayList<>();
        List<HeadFiles.Located> own = new ArrayList<>();
        for (HeadFiles.Located located : all) {
            if (located.head().chainId().equals(state.chainId())) {
                own.add(located);
            } else {
                findings.add(new AuditFinding(
                        Kind.OTHER_CHAIN,
                        located.head().events(),
                        located.head().events() - 1,
                        "expected chain %s, found chain %s in '%s': the checkpoint was published with another database"
                                .formatted(state.chainId(), located.head().chainId(), located.file())));
            }
        }
        departure(own, soundByItself).ifPresent(findings::add);
        own.stream()
                .filter(located -> located.head().events() > last)
                .max(Comparator.comparingLong(located -> located.head().events()))
                .ifPresent(newest -> findings.add(older(newest, last, soundByItself)));
        return findings;
    }

    private static AuditFinding older(HeadFiles.Located newest, long last, boolean soundByItself) {
        String cause = soundByItself
                ? "the database was restored from a backup older than that, or events were removed together with the"
                        + " database's own count"
                : "events were removed";
        return new AuditFinding(
                Kind.OLDER_THAN_FILES,
                last + 1,
                newest.head().events(),
                "'%s' of %s was written when there were %d events, found %d: %s"
                        .formatted(
                                newest.file(),
                                newest.head().writtenAt(),
                                newest.head().events(),
                                last,
                                cause));
    }

    private Optional<AuditFinding> departure(List<HeadFiles.Located> own, boolean soundByItself) {
        Optional<HeadFiles.Located> first = differing.stream()
                .filter(own::contains)
                .min(Comparator.comparingLong(located -> located.head().events()));
        return first.map(located -> {
            long agreed = agreeing.stream()
                    .mapToLong(each -> each.head().events())
                    .filter(events -> events < located.head().events())
                    .max()
                    .orElse(0);
            String cause = soundByItself
                    ? "the database was restored from an older backup and went on from there, or its log was written anew"
                    : "its log was changed";
            return new AuditFinding(
                    Kind.DEPARTS_FROM_FILES,
                    agreed + 1,
                    located.head().events(),
                    "'%s' names another event %d than the database has; files and database agree up to event %d: %s"
                            .formatted(located.file(), located.head().events(), agreed, cause));
        });
    }
}
