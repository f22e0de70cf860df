package dev.mugv.model.golden;

import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSource;
import dev.mugv.model.tensor.WeightFormula;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A file that torch wrote. Weights of a transformer were made by {@link WeightFormula} and have to be read to the bit; of other
 * tensors (latents, text features) no numbers were published, so that they are only held to be finite.
 */
record StateDictNumbers(Path file) implements GoldenFile {
    static final String SUFFIX = ".pt";

    @Override
    public void check(Consumer<TensorError> errors) {
        try (TensorSource tensors = TensorFiles.open(file)) {
            boolean weights = tensors.contains("start_token");
            for (String name : tensors.names()) {
                tensors.requireFinite(name);
                if (weights && !name.equals(DitParameters.NULL_CAPTION)) {
                    ParameterShape parameter = new ParameterShape(name, tensors.shape(name));
                    float[] expected = expected(parameter, tensors.type(name));
                    double error = TensorError.relative(tensors.floats(name), expected);
                    errors.accept(new TensorError(name, error, 0));
                } else {
                    errors.accept(new TensorError(name + ", finite", 0, 0));
                }
            }
        }
    }

    /** The formula's values as the file's type holds them. */
    private static float[] expected(ParameterShape parameter, ElementType type) {
        float[] values = new float[Math.toIntExact(parameter.size())];
        WeightFormula.fill(parameter, FloatBuffer.wrap(values));
        ByteBuffer held = ByteBuffer.allocate(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            type.putReal(held.clear(), values[i]);
            values[i] = type.real(held.flip(), 0);
        }
        return values;
    }
}
