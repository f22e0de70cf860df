package dev.mugv.steps.audit;

/** What an audit event tells. Names stand in the database and are hashed: they are never changed, only added to. */
public enum AuditKind {
    /** A controller began to work on a run. */
    CONTROLLER_STARTED,
    /** A controller left a run, and how. */
    CONTROLLER_ENDED,
    /** The executor accepted a submission. */
    SUBMITTED,
    /** The executor refused a submission. */
    REJECTED,
    /** A submission was given up before it was handed over. */
    WITHDRAWN,
    /** A run of an attempt began. */
    STARTED,
    /** The executor ended a run and put the attempt back into its queue. */
    REQUEUED,
    /** The last run of an attempt ended, as the executor says. */
    FINISHED,
    /** What an attempt came to, by three witnesses; a success names the published manifest. */
    VERDICT,
    /** Attempts were asked to stop by the engine. */
    STOP_REQUESTED,
    /** Somebody cancelled attempts. */
    CANCELLED,
    /** A checkpoint was published. */
    PUBLISHED,
    /** A checkpoint's files were read again and are what the ledger says. */
    VERIFIED,
    /** Something is not what the ledger says. */
    ALARM,
    /** An artifact is kept by a person's word. */
    PINNED,
    /** An artifact is no longer kept by a person's word. */
    UNPINNED,
    /** Files were removed by retention. */
    DELETED,
    /** Something was given out of the ledger. */
    EXPORTED,
    /** Nodes and names were added to the lineage graph; tells the hash of their seals. */
    RECORDED,
    /** Somebody was invited to label. */
    ANNOTATOR_INVITED,
    /** An annotator's way to log in was made, changed or taken away; tells the hash of the hash. */
    CREDENTIAL_SET,
    /** Items were opened for labelling; tells the hash of all that they show. */
    LABELS_OPENED,
    /** An annotator gave a label. */
    LABELLED,
    /** An annotator took a label back. */
    LABEL_WITHDRAWN,
    /** A role that can change the log was used, by the configuration's word. */
    UNPROTECTED
}
