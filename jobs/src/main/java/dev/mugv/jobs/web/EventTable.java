package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.div;
import static j2html.TagCreator.p;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import dev.mugv.jobs.query.EventStory;
import dev.mugv.jobs.query.EventView;
import j2html.tags.DomContent;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Events of the audit log in words. */
final class EventTable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private EventTable() {}

    static DomContent of(String run, List<EventView> events) {
        return Tables.of(
                "Out of the audit log, the newest first.",
                List.of("Time", "Step", "Event"),
                events.stream().map(event -> row(run, event)).toList());
    }

    /** The whole story, of one step where it is named. */
    static DomContent whole(String run, List<EventView> events, String step, int most) {
        String said = step.isEmpty()
                ? "The newest %,d events at most; 'mugv log' tells all.".formatted(most)
                : "Only what is about step '%s', among the newest %,d events.".formatted(step, most);
        return div(
                p(text(said + " "), step.isEmpty() ? text("") : a("All steps").withHref(Links.run(run, "log")))
                        .withClass("note"),
                of(run, events));
    }

    private static DomContent row(String run, EventView event) {
        String step = event.fact("step");
        return tr(
                td(TIME.format(event.at())).withClass("time"),
                td(step.isEmpty() ? text("") : a(step).withHref(Links.query(Links.run(run, "log"), "step", step))),
                td(new EventStory(event).text()));
    }
}
