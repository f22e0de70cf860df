package dev.mugv.model.convert;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.format.ConvertModelRequest;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.WeightFormula;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** State dicts by the weight formula, and requests about them. */
final class TinyModels {
    /** Four heads: ranks of 1, 2 and 4. */
    static final DitSize SIZE = new DitSize(288, 2, 16, 7);

    private TinyModels() {}

    /** A whole transformer with a null caption. */
    static Path write(Path file) {
        return write(file, shapes -> {}, (name, values) -> {});
    }

    /** Changes values. */
    interface Damage {
        void to(String name, FloatBuffer values);
    }

    static Path write(Path file, Consumer<List<ParameterShape>> keys, Damage damage) {
        List<ParameterShape> shapes = new ArrayList<>(DitParameters.shapesWithNullCaption(SIZE));
        keys.accept(shapes);
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        for (ParameterShape shape : shapes) {
            FloatBuffer values = FloatBuffer.allocate((int) shape.size());
            WeightFormula.fill(shape, values);
            values.flip();
            damage.to(shape.name(), values);
            writer.add(shape.name(), shape.shape(), values);
        }
        writer.write(file);
        return file;
    }

    static ModelConversion.Result convert(Path from, Path to, ConvertModelRequest.Format format) {
        return convert(new ConvertModelRequest(
                from, to, format, ConvertModelRequest.Precision.KEEP, 1, ConvertModelRequest.Keys.KNOWN));
    }

    static ModelConversion.Result toMegatron(Path from, Path to, int ranks) {
        return convert(new ConvertModelRequest(
                from,
                to,
                ConvertModelRequest.Format.MEGATRON,
                ConvertModelRequest.Precision.KEEP,
                ranks,
                ConvertModelRequest.Keys.KNOWN));
    }

    static ModelConversion.Result convert(ConvertModelRequest request) {
        return new ModelConversion(request, (doing, done, all) -> {}).run();
    }
}
