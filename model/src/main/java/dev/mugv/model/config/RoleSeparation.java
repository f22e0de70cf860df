package dev.mugv.model.config;

/** Whether the role that mugv works under may be one that can change what must never change. */
public enum RoleSeparation {
    /** It may not: the tables belong to another role. */
    REQUIRED,
    /** It may, at every start with a warning and an event in the audit log. */
    WAIVED
}
