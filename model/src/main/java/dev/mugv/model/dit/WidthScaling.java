package dev.mugv.model.dit;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.ParameterShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a learning rate that was found on a narrow model is carried to a wide one: what Adam needs by the maximal update parametrisation (Yang et
 * al., "Tensor Programs V", arXiv 2203.03466, table 3). The rate of a matrix whose inputs grew in number is divided by how much they grew;
 * biases, norms, tables, tokens and matrices whose inputs did not grow keep it. Which these are follows from the shapes of the two
 * models, not from names.
 */
public final class WidthScaling {
    private WidthScaling() {}

    /**
     * Factors of the learning rate by parameter; those not named keep it.
     *
     * @param size of the model that is trained
     * @param baseWidth width of the model that the rate was found on
     */
    public static SortedMap<String, Double> rateFactors(DitSize size, int baseWidth) {
        DitSize base = new DitSize(baseWidth, size.layers(), size.textWidth(), size.maxTextTokens());
        Map<String, Long> before = new HashMap<>();
        DitParameters.shapes(base).forEach(shape -> before.put(shape.name(), inputs(shape)));
        SortedMap<String, Double> factors = new TreeMap<>();
        List<ParameterShape> shapes = DitParameters.shapes(size);
        for (ParameterShape shape : shapes) {
            long own = inputs(shape);
            long found = before.getOrDefault(shape.name(), own);
            if (isMatrix(shape) && own != found) {
                factors.put(shape.name(), (double) found / own);
            }
        }
        return factors;
    }

    /** What takes inputs: tables are added to values as they are. */
    private static boolean isMatrix(ParameterShape shape) {
        return shape.shape().dimension() >= 2 && shape.name().endsWith(".weight");
    }

    private static long inputs(ParameterShape shape) {
        return shape.size() / shape.shape().get(0);
    }
}
