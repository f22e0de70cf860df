package dev.mugv.model.config;

import java.util.List;
import java.util.stream.Collectors;

/** One or more fields of a configuration record are out of range. */
public final class InvalidValuesException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Fault> faults;

    public InvalidValuesException(List<Fault> faults) {
        super(faults.stream().map(f -> f.field() + ": " + f.message()).collect(Collectors.joining("; ")));
        this.faults = List.copyOf(faults);
    }

    public List<Fault> faults() {
        return faults;
    }

    /**
     * @param field record component (camel case); empty when several fields disagree with each other
     * @param message what was expected and what was found
     */
    public record Fault(String field, String message) {}
}
