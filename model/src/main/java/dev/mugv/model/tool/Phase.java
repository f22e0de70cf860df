package dev.mugv.model.tool;

import dev.mugv.model.run.Durations;
import dev.mugv.model.run.Pace;
import dev.mugv.model.run.ProgressLine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** One part of a tool's work, as somebody at the terminal sees it. */
final class Phase {
    private final String name;
    private final ProgressLine line;
    private final Clock clock;
    private final Instant began;
    private final Pace pace;

    private Phase(String name, ProgressLine line, Clock clock) {
        this.name = name;
        this.line = line;
        this.clock = clock;
        this.began = clock.instant();
        this.pace = new Pace(began, 0);
        line.begin(name);
    }

    static Phase begin(String name, ProgressLine line, Clock clock) {
        return new Phase(name, line, clock);
    }

    /**
     * Says how far it is.
     *
     * @param units what is counted, in the plural
     */
    void show(int done, int total, String units) {
        double share = Math.min(1, done / (double) total);
        StringBuilder text = new StringBuilder("%d/%d %s".formatted(done, total, units));
        pace.left(share, clock.instant())
                .ifPresent(
                        left -> text.append(", ").append(Durations.clock(left)).append(" left"));
        line.show(name, share, text.toString());
    }

    /** Says that it is over, and what came of it. */
    void end(String result) {
        line.end(name, "completed", Durations.clock(Duration.between(began, clock.instant())), result);
    }
}
