package dev.mugv.model.config;

import java.util.ArrayList;
import java.util.List;

/** Collects every fault of one record before it throws once, so that a user mends a file in one go. */
public final class Faults {
    private final List<InvalidValuesException.Fault> found = new ArrayList<>();

    /** Notes a fault of one field unless {@code ok}; the message says what was expected and what was found. */
    public Faults require(boolean ok, String field, String message) {
        if (!ok) {
            found.add(new InvalidValuesException.Fault(field, message));
        }
        return this;
    }

    /** Notes a fault unless the value is finite and at least {@code min}. */
    public Faults atLeast(double min, double value, String field) {
        return require(
                value >= min && Double.isFinite(value),
                field,
                "expected at least " + plain(min) + ", found " + plain(value));
    }

    /** Notes a fault unless the value is finite and within the closed range. */
    public Faults within(double min, double max, double value, String field) {
        return require(
                value >= min && value <= max,
                field,
                "expected " + plain(min) + " to " + plain(max) + ", found " + plain(value));
    }

    /**
     * @throws InvalidValuesException naming all faults, if there are any
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidValuesException(found);
        }
    }

    /** Whole numbers without a fraction: most limits are counts. */
    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
