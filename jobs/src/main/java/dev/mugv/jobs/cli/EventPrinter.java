package dev.mugv.jobs.cli;

import dev.mugv.jobs.query.EventStory;
import dev.mugv.jobs.query.EventView;
import dev.mugv.model.run.Json;
import java.io.PrintWriter;

/** Prints events of the audit log as they come: a log need not fit into memory. */
final class EventPrinter {
    private final PrintWriter out;
    private final Form form;
    private long printed;

    /** How events are printed. */
    enum Form {
        /** Everything that a row holds, on one line. */
        ROWS,
        /** What happened, in words. */
        STORY,
        JSON
    }

    EventPrinter(PrintWriter out, Form form) {
        this.out = out;
        this.form = form;
    }

    void print(EventView event) {
        switch (form) {
            case ROWS -> out.println(event.line());
            case STORY -> out.println(new EventStory(event).line());
            case JSON -> out.print((printed == 0 ? "[\n" : ",\n") + Json.text(event));
        }
        printed++;
    }

    void end() {
        if (form == Form.JSON) {
            out.println(printed == 0 ? "[]" : "\n]");
        } else if (printed == 0) {
            out.println("No such event.");
        }
        out.flush();
    }
}
