package dev.mugv.model.convert;

import dev.mugv.model.archive.TorchFileWriter;
import dev.mugv.model.format.ConvertModelRequest;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One conversion of a model's weights. Everything that can be wrong with them is looked at before the first byte is written:
 * keys, shapes, every value, the cut for tensor parallelism, room on the disk.
 */
public final class ModelConversion {
    /**
     * What was converted.
     *
     * @param description of the content, for people
     * @param tensors their number
     * @param values numbers in all tensors
     * @param bytes of the values, one copy of each
     */
    public record Result(String description, int tensors, long values, long bytes) {}

    private final ConvertModelRequest request;
    private final ConversionListener listener;

    /** @param listener hears bytes of the weights */
    public ModelConversion(ConvertModelRequest request, ConversionListener listener) {
        this.request = request;
        this.listener = listener;
    }

    /**
     * Converts.
     *
     * @throws WorkFailure with a message for the user
     */
    public Result run() {
        PendingOutput output = PendingOutput.at(request.to());
        try (TensorSource original = ModelSource.open(request.from())) {
            ModelContent content = request.keys() == ConvertModelRequest.Keys.ANY
                    ? new ModelContent.Unknown(original.names().size())
                    : ModelContent.of(original);
            Optional<MegatronLayout> layout = layout(content);
            requireKnown(content);
            TensorSource recast = recast(original);
            long bytes = bytes(recast);
            long written = layout.map(cut -> MegatronFolder.bytes(recast, cut)).orElse(bytes);
            output.requireRoom(written);
            new CountedTensors(recast, done -> listener.progress("checking", done, bytes)).requireFinite();
            TensorSource counted = new CountedTensors(recast, done -> listener.progress("writing", done, written));
            output.publish(pending -> write(content, counted, layout, pending));
            return new Result(content.description(), recast.names().size(), values(recast), bytes);
        }
    }

    private void write(ModelContent content, TensorSource tensors, Optional<MegatronLayout> layout, Path pending)
            throws IOException {
        switch (request.format()) {
            case PT -> new TorchFileWriter(tensors).write(pending);
            case SAFETENSORS -> ModelFolder.writeWeights(tensors, pending);
            case MEGATRON -> MegatronFolder.write(tensors, layout.orElseThrow(), Files.createDirectory(pending));
            case FOLDER -> ModelFolder.write(content, tensors, Files.createDirectory(pending));
        }
    }

    private Optional<MegatronLayout> layout(ModelContent content) {
        if (request.format() != ConvertModelRequest.Format.MEGATRON) {
            return Optional.empty();
        }
        if (!(content instanceof ModelContent.Transformer transformer)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot write '%s' as a Megatron checkpoint: it is %s, expected a MUG-DiT. Choose another format."
                            .formatted(request.from(), content.description()));
        }
        return Optional.of(new MegatronLayout(transformer.size(), transformer.shapes(), request.tensorParallel()));
    }

    private void requireKnown(ModelContent content) {
        if (request.format() == ConvertModelRequest.Format.FOLDER && content instanceof ModelContent.Unknown) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot make a model's folder of '%s': its keys are not checked, so its size is not known. Convert to a file."
                            .formatted(request.from()));
        }
    }

    private TensorSource recast(TensorSource original) {
        return switch (request.precision()) {
            case KEEP -> original;
            case FP32 -> new RecastTensors(original, ElementType.F32);
            case BF16 -> new RecastTensors(original, ElementType.BF16);
            case FP16 -> new RecastTensors(original, ElementType.F16);
        };
    }

    private static long bytes(TensorSource tensors) {
        return tensors.names().stream()
                .mapToLong(
                        name -> tensors.shape(name).size() * tensors.type(name).bytes())
                .sum();
    }

    private static long values(TensorSource tensors) {
        return tensors.names().stream()
                .mapToLong(name -> tensors.shape(name).size())
                .sum();
    }
}
