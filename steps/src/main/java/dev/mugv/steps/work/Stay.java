package dev.mugv.steps.work;

/** How long a controller stays with its work. */
public enum Stay {
    /** Until everything is decided. */
    UNTIL_DONE,
    /** Until there is nothing to do at the moment; work goes on alone, and the next controller takes it up. */
    WHILE_THERE_IS_SOMETHING_TO_DO
}
