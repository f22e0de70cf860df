package dev.mugv.model.worker.task;

import dev.mugv.model.convert.ModelImport;
import dev.mugv.model.format.ImportModelOrder;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkTask;
import java.io.IOException;
import java.nio.file.Path;

/** {@link TaskKind#IMPORT_MODEL}: checks a given transformer and publishes it like a trained one. */
public final class ImportModelTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        ImportModelOrder order = context.parameters(ImportModelOrder.class);
        Path file = GivenFile.require(context, order.file(), order.sha256());
        new ModelImport(file, order.size())
                .into(
                        context.pendingOutput(),
                        TaskKind.IMPORT_MODEL.label(),
                        new CodeVersion().of(TaskKind.IMPORT_MODEL));
        context.log("'%s' is a MUG-DiT of %s".formatted(file, order.size()));
    }
}
