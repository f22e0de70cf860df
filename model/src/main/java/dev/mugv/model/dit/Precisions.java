package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

/** Constants in the type that a model computes in: fp32, or fp64 where a proof needs it. */
final class Precisions {
    private Precisions() {}

    /** The array itself, or a copy in the scope. */
    static NDArray of(DataType type, NDArray array, NDManager scope) {
        if (array.getDataType() == type) {
            return array;
        }
        NDArray copy = array.toType(type, false);
        copy.attach(scope);
        return copy;
    }
}
