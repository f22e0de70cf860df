package dev.mugv.jobs.web;

import dev.mugv.steps.labels.Annotators;
import dev.mugv.steps.labels.LabelStore;
import java.time.Clock;

/**
 * What the pages with a login write to; without it there are no such pages.
 *
 * @param store by a connection that may write, unlike that of all other pages
 * @param annotators who may log in
 * @param clock of labels and waits
 */
public record AnnotationDesk(LabelStore store, Annotators annotators, Clock clock) {}
