package dev.mugv.model.dit;

/** What the scripts' blocks keep for their way back; in the order of the scripts' numbers. */
enum Keeping {
    NOTHING,
    SOME,
    ALL;

    long code() {
        return ordinal();
    }
}
