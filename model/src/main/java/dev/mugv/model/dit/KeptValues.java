package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import dev.mugv.model.tensor.ScriptValue;
import java.util.List;

/**
 * What one piece keeps for its way back; freed on close.
 *
 * @param values of scripts
 * @param arrays that Java needs to look at again
 */
record KeptValues(List<ScriptValue> values, List<NDArray> arrays) implements AutoCloseable {
    KeptValues {
        values = List.copyOf(values);
        arrays = List.copyOf(arrays);
    }

    KeptValues(List<ScriptValue> values) {
        this(values, List.of());
    }

    @Override
    public void close() {
        values.forEach(ScriptValue::close);
        arrays.forEach(NDArray::close);
    }
}
