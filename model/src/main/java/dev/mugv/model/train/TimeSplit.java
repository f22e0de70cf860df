package dev.mugv.model.train;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where the time of a training goes. Shares of what is measured nest: a part's time is its own only, not that of the one around
 * it. What nobody claims is computing. For the training's thread alone.
 */
public final class TimeSplit {
    /** What time is spent on. */
    public enum Part {
        COMPUTE("compute-share"),
        COMMUNICATION("communication-share"),
        DATA("data-share"),
        CHECKPOINT("checkpoint-share"),
        /** Waiting for slower ranks. */
        IDLE("idle-share");

        private final String figure;

        Part(String figure) {
            this.figure = figure;
        }

        /** Its name in the metrics. */
        public String figure() {
            return figure;
        }
    }

    private final EnumMap<Part, Long> nanoseconds = new EnumMap<>(Part.class);
    private Part current = Part.COMPUTE;
    private long since = System.nanoTime();

    /** Does some work whose time is this part's. */
    public <T> T measure(Part part, Supplier<T> work) {
        Part outer = change(part);
        try {
            return work.get();
        } finally {
            change(outer);
        }
    }

    /** The same without a result. */
    public void measure(Part part, Runnable work) {
        Part outer = change(part);
        try {
            work.run();
        } finally {
            change(outer);
        }
    }

    /** Takes time from one part and gives it to another, where only afterwards it is known whose it was. */
    void move(Part from, Part to, double seconds) {
        long most = Math.min((long) (seconds * 1e9), nanoseconds.getOrDefault(from, 0L));
        nanoseconds.merge(from, -most, Long::sum);
        nanoseconds.merge(to, most, Long::sum);
    }

    /** Seconds of a part since the last lap. */
    double seconds(Part part) {
        change(current);
        return nanoseconds.getOrDefault(part, 0L) / 1e9;
    }

    /** Seconds of every part since the last lap, and begins anew. */
    Map<Part, Double> lap() {
        change(current);
        EnumMap<Part, Double> seconds = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            seconds.put(part, nanoseconds.getOrDefault(part, 0L) / 1e9);
        }
        nanoseconds.clear();
        return seconds;
    }

    private Part change(Part next) {
        long now = System.nanoTime();
        nanoseconds.merge(current, now - since, Long::sum);
        since = now;
        Part before = current;
        current = next;
        return before;
    }
}
