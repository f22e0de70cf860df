package dev.mugv.model.tensor;

import ai.djl.ndarray.NDList;
import java.util.List;

/**
 * What a script method returned as a tuple of tensors and lists of tensors.
 *
 * @param arrays the tensors, in order; they belong to the call's scope
 * @param values the lists, in order; they belong to the caller, who closes them
 */
public record ScriptResult(NDList arrays, List<ScriptValue> values) {
    public ScriptResult {
        values = List.copyOf(values);
    }
}
