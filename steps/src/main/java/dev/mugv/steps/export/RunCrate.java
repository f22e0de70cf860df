package dev.mugv.steps.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.NodeKind;
import edu.kit.datamanager.ro_crate.RoCrate;
import edu.kit.datamanager.ro_crate.entities.contextual.ContextualEntity;
import edu.kit.datamanager.ro_crate.entities.data.FileEntity;
import edu.kit.datamanager.ro_crate.writer.FolderWriter;
import edu.kit.datamanager.ro_crate.writer.RoCrateWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * An excerpt as an RO-Crate of the profile Process Run Crate 0.5: a {@code CreateAction} for each attempt, with what it used and
 * made, the code as its instrument and the machine that it ran on.
 *
 * <p>The files of the subject are inside the crate; everything else is named by content and described.
 */
public final class RunCrate {
    /** The profile. */
    static final String PROFILE = "https://w3id.org/ro/wfrun/process/0.5";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Excerpt excerpt;
    private final RoCrate crate;

    private RunCrate(Excerpt excerpt) {
        this.excerpt = excerpt;
        LineageNode subject = excerpt.subject();
        this.crate = new RoCrate.RoCrateBuilder(
                        subject.label(), "Everything that %s was made from, by mugv-batch".formatted(subject.key()))
                .build();
    }

    /**
     * Writes the crate into a new folder, which is there whole or not at all.
     *
     * @param files of the subject, by their names inside the crate
     * @throws WorkFailure of kind {@link FailureKind#RESOURCE_EXHAUSTED} when a file could not be written
     */
    public static void write(Excerpt excerpt, Map<String, Path> files, Path folder) {
        Path pending = folder.resolveSibling(folder.getFileName() + ".pending");
        try {
            delete(pending);
            save(excerpt, files, pending);
            requireWhole(files, pending);
            Files.move(pending, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.RESOURCE_EXHAUSTED,
                    "Cannot write the crate '%s': %s. Free some space and give the command again; nothing of it is left."
                            .formatted(folder, e.getMessage()),
                    e);
        } finally {
            leaveNothing(pending);
        }
    }

    /** The library says on the terminal what it could not write, and goes on: only the files themselves tell. */
    private static void requireWhole(Map<String, Path> files, Path crate) throws IOException {
        for (Map.Entry<String, Path> file : files.entrySet()) {
            Path copy = crate.resolve(file.getKey());
            long expected = Files.size(file.getValue());
            if (!Files.exists(copy) || Files.size(copy) != expected) {
                throw new IOException("expected '%s' with %d bytes, found %s"
                        .formatted(file.getKey(), expected, Files.exists(copy) ? Files.size(copy) : "nothing"));
            }
        }
        JSON.readTree(crate.resolve("ro-crate-metadata.json").toFile());
    }

    private static void leaveNothing(Path pending) {
        try {
            delete(pending);
        } catch (IOException stays) {
            throw new UncheckedIOException(stays);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static void save(Excerpt excerpt, Map<String, Path> files, Path folder) {
        RunCrate crate = new RunCrate(excerpt);
        crate.describeRoot();
        files.forEach(crate::addFile);
        for (LineageNode node : excerpt.nodes()) {
            crate.describe(node, files);
        }
        new RoCrateWriter(new FolderWriter()).save(crate.crate, folder.toString());
    }

    private void describeRoot() {
        crate.addContextualEntity(entity(PROFILE, "CreativeWork")
                .addProperty("name", "Process Run Crate")
                .addProperty("version", "0.5")
                .build());
        crate.getRootDataEntity().addIdProperty("conformsTo", PROFILE);
        crate.getRootDataEntity()
                .addProperty(
                        "datePublished",
                        LocalDate.ofInstant(excerpt.subject().recordedAt(), ZoneOffset.UTC)
                                .toString());
        crate.getRootDataEntity()
                .addProperty("license", "See the licences of the videos, which stand with each of them.");
        crate.getRootDataEntity().addIdProperty("mainEntity", id(excerpt.subject()));
        List<LineageNode> makers = excerpt.makers();
        crate.getRootDataEntity().addProperty("mentions", ids(makers));
    }

    private void addFile(String name, Path source) {
        crate.addDataEntity(
                new FileEntity.FileEntityBuilder()
                        .setId(name)
                        .setSource(source.toFile())
                        .addProperty("name", name)
                        .build(),
                true);
    }

    private void describe(LineageNode node, Map<String, Path> files) {
        switch (Excerpt.Standing.of(node.kind())) {
            case THING -> crate.addContextualEntity(thing(node, files));
            case AGENT ->
                crate.addContextualEntity(entity(id(node), "Thing")
                        .addProperty("name", node.label())
                        .addProperty("description", "a machine that attempts ran on")
                        .build());
            case DOING -> {
                if (node.kind() == NodeKind.ATTEMPT && !excerpt.madeBy(node).isEmpty()) {
                    crate.addContextualEntity(action(node));
                }
            }
        }
    }

    private ContextualEntity thing(LineageNode node, Map<String, Path> files) {
        JsonNode facts = excerpt.factsOf(node);
        ContextualEntity.ContextualEntityBuilder entity = node.kind() == NodeKind.CODE_VERSION
                ? entity(id(node), "SoftwareApplication")
                        .addProperty("version", node.key().identity())
                : entity(id(node), "Dataset");
        entity.addProperty("name", node.label())
                .addProperty("identifier", node.key().toString())
                .addProperty("additionalType", node.kind().label());
        if (facts.has("licence")) {
            entity.addProperty("license", facts.path("licence").asString());
        }
        if (node.equals(excerpt.subject()) && !files.isEmpty()) {
            ArrayNode parts = JSON.createArrayNode();
            files.keySet().forEach(name -> parts.add(JSON.createObjectNode().put("@id", name)));
            entity.addProperty("hasPart", parts);
        }
        return entity.build();
    }

    /** One execution: a tool, its inputs and its outputs, begun and ended. */
    private ContextualEntity action(LineageNode attempt) {
        RunTimes times = RunTimes.in(excerpt.factsOf(attempt));
        ContextualEntity.ContextualEntityBuilder action = entity(id(attempt), "CreateAction")
                .addProperty("name", attempt.label())
                .addProperty("actionStatus", reference("http://schema.org/CompletedActionStatus"))
                .addProperty(
                        "endTime", times.ended().orElse(attempt.recordedAt()).toString())
                .addProperty("object", ids(objects(attempt)))
                .addProperty("result", ids(excerpt.madeBy(attempt)))
                .addProperty("instrument", reference(instrument(attempt)));
        times.begun().ifPresent(begun -> action.addProperty("startTime", begun.toString()));
        List<LineageNode> machines = excerpt.machines(attempt);
        if (!machines.isEmpty()) {
            action.addProperty("location", ids(machines));
        }
        return action.build();
    }

    private List<LineageNode> objects(LineageNode attempt) {
        return excerpt.usedBy(attempt).stream()
                .filter(node -> node.kind() != NodeKind.CODE_VERSION)
                .toList();
    }

    /** The code, which every artifact has; where an attempt made none, the product as such. */
    private String instrument(LineageNode attempt) {
        return excerpt.usedBy(attempt).stream()
                .filter(node -> node.kind() == NodeKind.CODE_VERSION)
                .findFirst()
                .map(RunCrate::id)
                .orElseGet(this::product);
    }

    private String product() {
        String id = "#mugv-batch";
        if (crate.getContextualEntityById(id) == null) {
            crate.addContextualEntity(entity(id, "SoftwareApplication")
                    .addProperty("name", "mugv-batch")
                    .build());
        }
        return id;
    }

    private static ContextualEntity.ContextualEntityBuilder entity(String id, String type) {
        return new ContextualEntity.ContextualEntityBuilder().setId(id).addType(type);
    }

    private static ArrayNode ids(List<LineageNode> nodes) {
        ArrayNode ids = JSON.createArrayNode();
        nodes.forEach(node -> ids.add(reference(id(node))));
        return ids;
    }

    private static ObjectNode reference(String id) {
        return JSON.createObjectNode().put("@id", id);
    }

    private static String id(LineageNode node) {
        return "#%s-%s".formatted(node.kind().label(), node.key().identity().replaceAll("[^A-Za-z0-9._-]", "_"));
    }
}
