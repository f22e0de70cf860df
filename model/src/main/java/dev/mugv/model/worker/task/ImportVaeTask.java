package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.format.ImportVaeOrder;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Path;

/** {@link TaskKind#IMPORT_VAE}: checks a given VideoVAE and publishes it like a trained one. */
public final class ImportVaeTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        ImportVaeOrder order = context.parameters(ImportVaeOrder.class);
        Path file = GivenFile.require(context, order.file(), order.sha256());
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        try (NDManager scope = runtime.newScope();
                VideoVae vae = VideoVae.load(scope, file)) {
            context.log("'%s' is a VideoVAE of size %s".formatted(file, vae.size()));
            String codeVersion = new CodeVersion().of(TaskKind.IMPORT_VAE);
            VaeFiles.write(context, vae, VaeDescription.Origin.IMPORTED, codeVersion);
        }
    }
}
