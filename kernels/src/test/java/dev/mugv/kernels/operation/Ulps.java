package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.HostElements;

/**
 * Errors in units of the last place, of the format that a number is kept in. An element's unit is that of the exact number or of the
 * root mean square of all exact numbers, whichever is larger: where addends cancel, the digits are lost before the operation.
 */
final class Ulps {
    private Ulps() {}

    /** The largest error; infinite as soon as one number is not finite. */
    static double largest(HostElements found, HostElements exact) {
        double scale = 0;
        for (int i = 0; i < exact.count(); i++) {
            scale += exact.get(i) * exact.get(i) / exact.count();
        }
        scale = Math.sqrt(scale);
        double largest = 0;
        for (int i = 0; i < exact.count(); i++) {
            double unit = unit(Math.max(Math.abs(exact.get(i)), scale), found.format());
            double error = Math.abs(found.get(i) - exact.get(i)) / unit;
            if (!Double.isFinite(error)) {
                return Double.POSITIVE_INFINITY;
            }
            largest = Math.max(largest, error);
        }
        return largest;
    }

    private static double unit(double magnitude, ElementFormat format) {
        return switch (format) {
            case FP32 -> Math.ulp((float) magnitude);
            case BF16 -> Math.ulp((float) magnitude) * 0x1.0p16;
            case FP64 -> Math.ulp(magnitude);
            case UINT8, INT32, INT64 -> 1;
        };
    }
}
