package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.format.ImportLatentsOrder;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@link TaskKind#IMPORT_LATENTS}: a shard that {@code mugv data import} made becomes an artifact like one that was encoded here.
 * Whether it is whole, and every number in it finite, is checked first.
 */
public final class ImportLatentsTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        ImportLatentsOrder order = context.parameters(ImportLatentsOrder.class);
        Path output = context.pendingOutput();
        copy(context, order.description(), output.resolve(LatentShard.FILE_NAME));
        copy(context, order.latents(), output.resolve(LatentShard.LATENTS_FILE_NAME));
        copy(context, order.texts(), output.resolve(LatentShard.TEXT_FILE_NAME));
        LatentShard shard = Json.read(output.resolve(LatentShard.FILE_NAME), LatentShard.class);
        if (shard.latents().isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot import shard '%s': it holds no latent. Run 'mugv data import' again."
                            .formatted(order.shard()));
        }
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        try (NDManager scope = runtime.newScope();
                LatentDataset dataset = LatentDataset.open(List.of(output));
                SafetensorsFile latents = SafetensorsFile.open(output.resolve(LatentShard.LATENTS_FILE_NAME));
                SafetensorsFile texts = SafetensorsFile.open(output.resolve(LatentShard.TEXT_FILE_NAME))) {
            latents.requireFinite();
            texts.requireFinite();
            // Every clip has its caption.
            for (LatentShard.Latent latent : shard.latents()) {
                dataset.text(scope, latent.clipId()).close();
            }
        }
        context.log("shard '%s' holds %d latents"
                .formatted(order.shard(), shard.latents().size()));
    }

    /** A copy, not a link: what is published must not change with what the user does to the original. */
    private static void copy(TaskContext context, ImportLatentsOrder.Content content, Path to) throws IOException {
        Files.copy(GivenFile.require(context, content.file(), content.sha256()), to);
    }
}
