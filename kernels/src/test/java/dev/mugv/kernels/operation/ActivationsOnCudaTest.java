package dev.mugv.kernels.operation;

import dev.mugv.kernels.cuda.CudaDevice;
import dev.mugv.kernels.memory.HostElements;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The last link of the chain of proof: CUDA kernels, on a GPU or emulated, against the reference in fp64. */
class ActivationsOnCudaTest {
    private static final Map<String, Double> LARGEST = new TreeMap<>();

    private static CudaDevice cuda;

    @BeforeAll
    static void open() {
        cuda = CudaUnderTest.open();
    }

    @AfterAll
    static void close() {
        if (cuda != null) {
            System.out.printf("largest errors in units of the last place on '%s':%n", cuda.description());
            LARGEST.forEach((output, error) -> System.out.printf("  %-28s %6.2f%n", output, error));
            cuda.close();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void kernelsGiveTheReferencesNumbers(OperationCase operation) {
        Map<String, HostElements> found = operation.on(cuda, operation.tensors());
        Map<String, HostElements> exact = ReferenceTest.exact(operation);
        Tolerances.errors(operation, found, exact)
                .forEach((output, error) -> LARGEST.merge(
                        operation.getClass().getSimpleName().replace("Case", "") + " " + output + " "
                                + found.get(output).format().label(),
                        error,
                        Math::max));
        Tolerances.require(operation, found, exact);
    }

    static List<OperationCase> cases() {
        return OperationCases.all();
    }
}
