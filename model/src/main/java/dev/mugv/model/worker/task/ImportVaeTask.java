package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.format.ImportVaeOrder;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@link TaskKind#IMPORT_VAE}: checks a given VideoVAE and publishes it like a trained one. */
public final class ImportVaeTask implements WorkTask {
    private static final String INDEX_SUFFIX = ".index.json";

    @Override
    public void run(TaskContext context) throws IOException {
        ImportVaeOrder order = context.parameters(ImportVaeOrder.class);
        requireContent(order);
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        try (NDManager scope = runtime.newScope();
                VideoVae vae = VideoVae.load(scope, order.file())) {
            context.log("'%s' is a VideoVAE of size %s".formatted(order.file(), vae.size()));
            String codeVersion = new CodeVersion().of(TaskKind.IMPORT_VAE);
            VaeFiles.write(context, vae, VaeDescription.Origin.IMPORTED, codeVersion);
        }
    }

    private static void requireContent(ImportVaeOrder order) {
        Path file = order.file();
        if (!Files.isRegularFile(file)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot import the VAE '%s': there is no such file. Correct its path.".formatted(file));
        }
        if (file.toString().endsWith(INDEX_SUFFIX)) {
            // The hash of an index would not tell that a shard has changed.
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot import the VAE '%s': it is the index of shards, expected one file. Make one of them by 'mugv model convert'."
                            .formatted(file));
        }
        String found = Sha256.ofFile(file);
        if (!found.equals(order.sha256())) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot import the VAE '%s': expected SHA-256 %s, found %s. Run the command again to take the present file."
                            .formatted(file, order.sha256(), found));
        }
    }
}
