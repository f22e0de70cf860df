package dev.mugv.kernels.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.HostElements;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;

/**
 * What an implementation's numbers may be off by, in units of the last place, against fp64 from the same inputs.
 *
 * <p>An fp32 activation goes through about ten roundings and, in norms, statistics that are sums of a row in pairs. A gradient of a vector is a sum
 * over up to 258 rows, in fp32 up to 64 of them, so it may collect a root of that number of roundings, each of an addend that may be larger
 * than the sum. What was seen is half of what is allowed. In bf16 all of that is far below the rounding at the end, which is half a unit.
 */
final class Tolerances {
    private static final double ACTIVATION = 20;
    private static final double SUM = 34;
    private static final double BF16 = 0.51;

    private static final Set<String> SUMS = Set.of("dbias", "dmodulation", "dweight");

    private Tolerances() {}

    /** Fails where an output is off by more; gives the largest error of each format. */
    static void require(OperationCase operation, Map<String, HostElements> found, Map<String, HostElements> exact) {
        for (Entry<String, Double> error : errors(operation, found, exact).entrySet()) {
            double fp32 = SUMS.contains(error.getKey()) ? SUM : ACTIVATION;
            double tolerance = found.get(error.getKey()).format() == ElementFormat.BF16 ? BF16 : fp32;
            assertThat(error.getValue())
                    .as("error of '%s' of %s in units of the last place", error.getKey(), operation)
                    .isLessThanOrEqualTo(tolerance);
        }
    }

    static Map<String, Double> errors(
            OperationCase operation, Map<String, HostElements> found, Map<String, HostElements> exact) {
        Map<String, Double> errors = new LinkedHashMap<>();
        operation.outputs().forEach(output -> errors.put(output, Ulps.largest(found.get(output), exact.get(output))));
        return errors;
    }
}
