package dev.mugv.jobs.cli;

import dev.mugv.model.format.ConvertModelRequest;
import dev.mugv.model.format.ConvertModelRequest.Format;
import dev.mugv.model.format.ConvertModelRequest.Keys;
import dev.mugv.model.format.ConvertModelRequest.Precision;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.ToolKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mugv model convert}. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes a model's weights in another format. FROM is told by its content: a .pt or .bin file of torch, a safetensors"
                    + " file, the .index.json of shards of either, a folder of this product, or a Megatron checkpoint of"
                    + " tensor-parallel ranks (format 'torch').",
            "",
            "Keys, shapes and every value are checked before anything is written; TO appears whole or not at all, and nothing"
                    + " that is there is replaced. Tensors stream from file to file, whatever their size.",
            "",
            "What is made of an artifact of a run stands in its lineage and its audit log."
        },
        footer = {
            "",
            "Examples:",
            "  mugv model convert dit.pt dit.safetensors",
            "  mugv model convert dit.pt models/mug-v --format folder",
            "  mugv model convert dit.pt checkpoints --format megatron --tensor-parallel 4 --dtype fp32",
            "  mugv model convert checkpoints dit.pt --dtype bf16",
            "  mugv model convert t5/pytorch_model.bin.index.json t5/model.safetensors --any-keys"
        })
final class ConvertModelCommand implements Callable<Integer> {
    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Parameters(paramLabel = "FROM", description = "File or folder of weights.")
    private Path from = Path.of("");

    @Parameters(paramLabel = "TO", description = "File or folder to be made; nothing is there yet.")
    private Path to = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "pt, safetensors, megatron or folder (default: by the name of TO; folder: weights with a description, as this"
                            + " product reads them).")
    private Optional<Format> format = Optional.empty();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "Type of real numbers: keep, fp32, bf16 or fp16 (default: keep). Rounds to the nearest.")
    private Precision precision = Precision.KEEP;

    @Option(
            names = "--tensor-parallel",
            paramLabel = "RANKS",
            description = "Ranks of a Megatron checkpoint, a divisor of the model's heads (default: ${DEFAULT-VALUE}).")
    private int tensorParallel = 1;

    @Option(names = "--any-keys", description = "Takes any state dict, not only a MUG-DiT's or a VideoVAE's.")
    private boolean anyKeys;

    @Override
    public Integer call() {
        Format chosen = format.orElseGet(this::formatOfName);
        if (chosen != Format.MEGATRON && tensorParallel != 1) {
            throw refused("expected --tensor-parallel with the format megatron only, found it with %s"
                    .formatted(chosen.name().toLowerCase(Locale.ROOT)));
        }
        ConvertModelRequest request = new ConvertModelRequest(
                from.toAbsolutePath().normalize(),
                to.toAbsolutePath().normalize(),
                chosen,
                precision,
                tensorParallel,
                anyKeys ? Keys.ANY : Keys.KNOWN);
        int code = engine.process().run(ToolKind.CONVERT_MODEL, request);
        if (code == ExitCode.COMPLETED.code()) {
            ExportRecord.ofTool(
                    List.of(request.from()),
                    ExportRecord.Entry.unread(chosen.name().toLowerCase(Locale.ROOT), request.to()));
        }
        return code;
    }

    private Format formatOfName() {
        String name = to.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".bin")) {
            return Format.PT;
        }
        if (name.endsWith(".safetensors")) {
            return Format.SAFETENSORS;
        }
        throw refused("expected TO to end in .pt or .safetensors, or a --format, found '%s'".formatted(to));
    }

    private static WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot convert the model: %s. See 'mugv model convert --help'.".formatted(fact));
    }
}
