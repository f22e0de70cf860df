package dev.mugv.model.dit;

import dev.mugv.model.tensor.ScriptValue;
import java.util.List;

/** What one piece keeps for its way back; freed on close. */
record KeptValues(List<ScriptValue> values) implements AutoCloseable {
    KeptValues {
        values = List.copyOf(values);
    }

    @Override
    public void close() {
        values.forEach(ScriptValue::close);
    }
}
