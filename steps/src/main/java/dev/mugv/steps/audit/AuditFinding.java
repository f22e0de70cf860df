package dev.mugv.steps.audit;

/**
 * Something that is wrong with the audit log.
 *
 * @param first number of the first event that it is about
 * @param last number of the last; smaller than {@code first} where it is about none
 * @param text what was expected and found, in one sentence
 */
public record AuditFinding(Kind kind, long first, long last, String text) {
    /** What is wrong. */
    public enum Kind {
        /** The content of an event is not what its hash was computed from. */
        CHANGED,
        /** An event stands at another place than it was written at. */
        MOVED,
        /** Events between others are not there. */
        MISSING,
        /** An event does not name the hash of the one before: that one was exchanged for another with a hash of its own. */
        EXCHANGED,
        /** Events at the end are not there, though the database itself says that they were. */
        CUT_OFF,
        /** Files show events that the database does not have: it was restored from an older backup, or shortened. */
        OLDER_THAN_FILES,
        /** Files show other events than the database has: it was restored and went on, or the log was written anew. */
        DEPARTS_FROM_FILES,
        /** A file belongs to the log of another database. */
        OTHER_CHAIN,
        /** The file beside a published checkpoint is not there, or cannot be read. */
        NO_FILE,
        /** A row of the lineage graph is not what was recorded. */
        LINEAGE_CHANGED,
        /** A row of the ledger is not what the log tells of it. */
        LEDGER_CHANGED
    }
}
