package dev.mugv.model.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A {@code tokenizer.json}, read by Hugging Face's own library. */
final class FolderTokenizer implements TextTokenizer {
    private final HuggingFaceTokenizer tokenizer;

    private FolderTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    static FolderTokenizer open(TorchRuntime runtime, Path file) {
        // The file's own cutting and padding are switched off: the encoder cuts, and nothing is padded.
        Map<String, String> options = Map.of("truncation", "false", "padding", "false");
        return runtime.unpacking(() -> {
            try {
                return new FolderTokenizer(HuggingFaceTokenizer.newInstance(file, options));
            } catch (IOException | EngineException | IllegalArgumentException e) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot read the tokenizer '%s': %s. Use the tokenizer.json that belongs to the weights."
                                .formatted(file, e.getMessage()),
                        e);
            }
        });
    }

    @Override
    public long[] encode(String text) {
        return tokenizer.encode(text, true, false).getIds();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
