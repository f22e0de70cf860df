package dev.mugv.kernels.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.reference.ReferenceDevice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The first link of the chain of proof: the reference's gradients are the derivatives, in fp64, along random directions. */
class DerivativesTest {
    /** Third derivatives are of the order of 1, so the difference is off by 1e-10, and rounding adds 1e-16 / 1e-5 of the sum. */
    private static final double STEP = 1e-5;

    private static final double TOLERANCE = 1e-7;

    private final KernelDevice reference = new ReferenceDevice(1);

    @ParameterizedTest
    @MethodSource("cases")
    void theReferencesGradientsAreTheDerivatives(OperationCase operation) {
        Map<String, HostElements> content = operation.widened();
        Map<String, HostElements> left = operation.on(reference, content);
        for (String variable : operation.variables()) {
            double[] direction = direction(variable, content.get(variable));
            double numeric = (loss(operation, content, variable, direction, STEP)
                            - loss(operation, content, variable, direction, -STEP))
                    / (2 * STEP);
            double analytic = 0;
            double size = 0;
            String gradient = "d" + variable;
            for (int i = 0; i < direction.length; i++) {
                double before =
                        operation.isAddedTo(gradient) ? content.get(gradient).get(i) : 0;
                double own = operation.isTaken(gradient, i) ? left.get(gradient).get(i) - before : 0;
                analytic += own * direction[i];
                size += own * own * direction[i] * direction[i];
            }
            assertThat(Math.abs(numeric - analytic))
                    .as("derivative by %s: %s by differences, %s by the operation", variable, numeric, analytic)
                    .isLessThan(TOLERANCE * (1 + Math.sqrt(size)));
        }
    }

    static List<OperationCase> cases() {
        return OperationCases.small();
    }

    private double loss(
            OperationCase operation,
            Map<String, HostElements> content,
            String variable,
            double[] direction,
            double step) {
        Map<String, HostElements> moved = new LinkedHashMap<>(content);
        HostElements values = HostElements.allocate(content.get(variable).format(), direction.length);
        for (int i = 0; i < direction.length; i++) {
            values.set(i, content.get(variable).get(i) + step * direction[i]);
        }
        moved.put(variable, values);
        HostElements out = operation.on(reference, moved).get("out");
        double loss = 0;
        for (int i = 0; i < out.count(); i++) {
            loss += out.get(i) * content.get("dout").get(i);
        }
        return loss;
    }

    private static double[] direction(String variable, HostElements values) {
        double[] direction = new double[(int) values.count()];
        CounterNoise noise = CounterNoise.of(3, "direction/" + variable);
        for (int i = 0; i < direction.length; i++) {
            direction[i] = noise.gaussian(i);
        }
        return direction;
    }
}
