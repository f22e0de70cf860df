package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import java.util.ArrayList;
import java.util.List;

/** Small and odd shapes, and wide ones: no multiple of a pack, a warp or a partial sum, and multiples of all of them. */
final class OperationCases {
    private static final List<ActivationFormats> FORMATS = List.of(
            new ActivationFormats(ElementFormat.FP32, ElementFormat.FP32),
            new ActivationFormats(ElementFormat.FP32, ElementFormat.BF16),
            new ActivationFormats(ElementFormat.BF16, ElementFormat.BF16));
    private static final List<ElementFormat> ELEMENTS = List.of(ElementFormat.FP32, ElementFormat.BF16);

    private OperationCases() {}

    /** Of every operation, both ways. */
    static List<OperationCase> all() {
        List<OperationCase> cases = new ArrayList<>();
        for (ActivationFormats formats : FORMATS) {
            for (GatedResidual.Vectors vectors : GatedResidual.Vectors.values()) {
                cases.add(new GatedResidualCase(new TokenGrid(1, 1, 1), vectors, formats));
                cases.add(new GatedResidualCase(new TokenGrid(2, 65, 7), vectors, formats));
                cases.add(new GatedResidualCase(new TokenGrid(3, 17, 250), vectors, formats));
                cases.add(new GatedResidualCase(new TokenGrid(2, 129, 1152), vectors, formats));
            }
            cases.add(new ModulatedNormCase(new TokenGrid(1, 1, 1), formats, 0));
            cases.add(new ModulatedNormCase(new TokenGrid(2, 65, 7), formats, 0));
            cases.add(new ModulatedNormCase(new TokenGrid(3, 17, 250), formats, 4));
            cases.add(new ModulatedNormCase(new TokenGrid(2, 129, 1152), formats, 0));
            cases.add(new ModulatedNormCase(new TokenGrid(1, 2, ModulatedNorm.WIDEST), formats, 0));
        }
        for (ElementFormat format : ELEMENTS) {
            cases.add(new RotaryNormCase(new HeadGrid(1, 1, 1, 6), format));
            cases.add(new RotaryNormCase(new HeadGrid(2, 33, 3, 72), format));
            cases.add(new RotaryNormCase(new HeadGrid(1, 130, 4, 72), format));
            cases.add(new RotaryNormCase(new HeadGrid(1, 5, 2, 126), format));
            cases.add(new BiasedGeluCase(1, 1, format, 1));
            cases.add(new BiasedGeluCase(67, 13, format, 3));
            cases.add(new BiasedGeluCase(5, 4608, format, 1));
            cases.add(new BiasedGeluCase(129, 250, format, 30));
        }
        return cases;
    }

    /** Those that are small enough for derivatives by differences. */
    static List<OperationCase> small() {
        return all().stream()
                .filter(each -> each.tensors().values().stream().allMatch(tensor -> tensor.count() < 40_000))
                .toList();
    }
}
