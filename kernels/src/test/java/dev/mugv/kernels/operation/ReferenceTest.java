package dev.mugv.kernels.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.reference.ReferenceDevice;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference in fp32 and bf16 against itself in fp64: what is stored is rounded, and nothing else. */
class ReferenceTest {
    private final KernelDevice reference = new ReferenceDevice(1);

    @ParameterizedTest
    @MethodSource("cases")
    void storedNumbersAreTheExactOnesRounded(OperationCase operation) {
        Tolerances.require(
                operation, operation.on(reference, operation.tensors()), operation.on(reference, operation.widened()));
    }

    @Test
    void aNumberThatIsNotFiniteIsAnInfiniteError() {
        HostElements exact = HostElements.of(ElementFormat.FP64, 1, 2);
        for (double bad : List.of(Double.NaN, Double.POSITIVE_INFINITY)) {
            assertThat(Ulps.largest(HostElements.of(ElementFormat.FP32, 1, bad), exact))
                    .isInfinite();
        }
        assertThat(Ulps.largest(HostElements.of(ElementFormat.FP32, 1, 2), exact))
                .isZero();
        assertThat(Ulps.largest(HostElements.of(ElementFormat.FP32, 1, Math.nextUp(2f)), exact))
                .isEqualTo(1);
    }

    @Test
    void geluIsFiniteAndFlatFarOut() {
        HostElements x = HostElements.of(ElementFormat.FP32, -1e30, -100, 0, 100, 1e30);
        HostElements bias = HostElements.allocate(ElementFormat.FP32, 5);
        HostElements out = HostElements.allocate(ElementFormat.FP32, 5);
        BiasedGelu.Input input = new BiasedGelu.Input(1, 5, x, bias);
        reference.biasedGelu().forward(new BiasedGelu.Forward(input, out));
        assertThat(List.of(out.get(0), out.get(1), out.get(2), out.get(3))).isEqualTo(List.of(-0.0, -0.0, 0.0, 100.0));
        HostElements ones = HostElements.of(ElementFormat.FP32, 1, 1, 1, 1, 1);
        reference.biasedGelu().backward(new BiasedGelu.Backward(input, ones, out, bias));
        assertThat(List.of(out.get(0), out.get(1), out.get(2), out.get(3), out.get(4)))
                .isEqualTo(List.of(0.0, 0.0, 0.5, 1.0, 1.0));
    }

    static List<OperationCase> cases() {
        return OperationCases.small();
    }

    static Map<String, HostElements> exact(OperationCase operation) {
        return operation.on(new ReferenceDevice(1), operation.widened());
    }
}
