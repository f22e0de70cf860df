package dev.mugv.steps.training;

import dev.mugv.model.format.ImportLatentsOrder;
import dev.mugv.model.format.ImportedData;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Plans the import of every shard of a folder that {@code mugv data import} made, in place of encoding clips. */
public final class ImportLatentsPlanner implements WorkPlanner {
    private final Path folder;
    private final ContentLinks links;
    private final WorkResources resources;

    public ImportLatentsPlanner(Path folder, ContentLinks links, WorkResources resources) {
        this.folder = folder;
        this.links = links;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        Path description = folder.resolve(ImportedData.FILE_NAME);
        if (!Files.isRegularFile(description)) {
            throw refused("it has no file '%s'".formatted(ImportedData.FILE_NAME));
        }
        List<WorkItem> items = new ArrayList<>();
        for (String shard : Json.read(description, ImportedData.class).shards()) {
            Path place = folder.resolve(shard);
            ImportLatentsOrder order = new ImportLatentsOrder(
                    shard,
                    content(place.resolve(LatentShard.FILE_NAME)),
                    content(place.resolve(LatentShard.LATENTS_FILE_NAME)),
                    content(place.resolve(LatentShard.TEXT_FILE_NAME)));
            items.add(new WorkItem(shard, TaskKind.IMPORT_LATENTS, Json.tree(order), List.of(), resources));
        }
        if (items.isEmpty()) {
            throw refused("it names no shard");
        }
        return items;
    }

    private ImportLatentsOrder.Content content(Path file) {
        try {
            ContentLinks.Named named = links.name(file);
            return new ImportLatentsOrder.Content(named.path(), named.sha256());
        } catch (UncheckedIOException e) {
            throw refused("'%s' cannot be read (%s)".formatted(file, e.getMessage()));
        }
    }

    private WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot train on the imported data '%s': %s. Make it by 'mugv data import' and set 'encode.imported' to its folder."
                        .formatted(folder, fact));
    }
}
