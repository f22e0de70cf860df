package dev.mugv.steps.training;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.format.ImportModelOrder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.nio.file.Path;
import java.util.List;

/** Plans the import of the transformer that the first stage starts from. */
public final class ImportModelPlanner implements WorkPlanner {
    private final Path weights;
    private final DitSize size;
    private final ContentLinks links;
    private final WorkResources resources;

    /** @param size the size that the weights must have */
    public ImportModelPlanner(Path weights, DitSize size, ContentLinks links, WorkResources resources) {
        this.weights = weights;
        this.size = size;
        this.links = links;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        ContentLinks.Named named = new GivenWeights(weights, "model.weights").name(links);
        ImportModelOrder order = new ImportModelOrder(named.path(), named.sha256(), size);
        return List.of(new WorkItem("import-model", TaskKind.IMPORT_MODEL, Json.tree(order), List.of(), resources));
    }
}
