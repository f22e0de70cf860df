package dev.mugv.steps.export;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.NodeKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What is said of a released checkpoint: an in-toto statement, version 1, with the provenance predicate of SLSA, version 1
 * (slsa.dev/spec/v1.0/provenance). The subjects are the checkpoint's files by SHA-256; the resolved dependencies are the videos,
 * given files, labels, code and models that it was made from.
 */
public final class ReleaseStatement {
    private static final String TYPE = "https://in-toto.io/Statement/v1";
    private static final String PREDICATE = "https://slsa.dev/provenance/v1";
    private static final String BUILD_TYPE = "urn:mugv:lineage:v1";

    private ReleaseStatement() {}

    /**
     * The statement's text.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when what is exported has no files
     */
    public static String of(Excerpt excerpt) {
        LineageNode subject = excerpt.subject();
        JsonNode facts = excerpt.factsOf(subject);
        List<Map<String, Object>> files = files(facts);
        if (files.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot state a release of '%s': expected a checkpoint with files, found a %s without. Name a model, see 'mugv checkpoints'."
                            .formatted(subject.label(), subject.kind().label()));
        }
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("_type", TYPE);
        statement.put("subject", files);
        statement.put("predicateType", PREDICATE);
        statement.put(
                "predicate", Map.of("buildDefinition", definition(excerpt, facts), "runDetails", details(excerpt)));
        return Json.pretty(statement) + "\n";
    }

    private static List<Map<String, Object>> files(JsonNode facts) {
        List<Map<String, Object>> files = new ArrayList<>();
        for (Map.Entry<String, JsonNode> file : facts.path("files").properties()) {
            files.add(descriptor(file.getKey(), file.getValue().path("sha256").asString("")));
        }
        return files;
    }

    private static Map<String, Object> definition(Excerpt excerpt, JsonNode facts) {
        Map<String, Object> external = new TreeMap<>();
        external.put("checkpoint", excerpt.subject().key().toString());
        external.put("artifactKey", facts.path("artifact-key").asString(""));
        external.put("step", facts.path("step").asString(""));
        Map<String, Object> internal = new TreeMap<>();
        internal.put("threads", facts.path("threads").asInt(0));
        internal.put("ranks", facts.path("ranks").asInt(1));
        internal.put("device", facts.path("device").asString("cpu"));
        Map<String, Object> definition = new LinkedHashMap<>();
        definition.put("buildType", BUILD_TYPE);
        definition.put("externalParameters", external);
        definition.put("internalParameters", internal);
        definition.put("resolvedDependencies", dependencies(excerpt));
        return definition;
    }

    /** What came from outside, and the models in between. */
    private static List<Map<String, Object>> dependencies(Excerpt excerpt) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (LineageNode node : excerpt.nodes()) {
            boolean named = switch (node.kind()) {
                case VIDEO,
                        GIVEN_FILE,
                        LABELS,
                        CODE_VERSION,
                        CONFIGURATION,
                        ENVIRONMENT,
                        VAE,
                        CHECKPOINT,
                        MERGE,
                        MANIFEST -> true;
                case CLIP,
                        CAPTION,
                        TEXT_ENCODER,
                        TEXT_FEATURES,
                        LATENT,
                        CURATION,
                        COMPARISON,
                        CAPTIONS,
                        SHARD,
                        NODE,
                        SLURM_JOB,
                        ATTEMPT,
                        TRAINING,
                        SAMPLE,
                        SAMPLES,
                        LABEL,
                        EVALUATION,
                        REPORT,
                        EXPORT,
                        PROMPT,
                        PROMPTS,
                        CHECK -> false;
            };
            if (named && !node.equals(excerpt.subject())) {
                all.add(dependency(node));
            }
        }
        return all;
    }

    private static Map<String, Object> dependency(LineageNode node) {
        String identity = node.key().identity();
        Map<String, Object> dependency = new LinkedHashMap<>();
        dependency.put("name", node.label());
        dependency.put("uri", "urn:mugv:" + node.kind().label() + ":" + identity);
        if (identity.matches("[0-9a-f]{64}")) {
            dependency.put("digest", Map.of("sha256", identity));
        }
        return dependency;
    }

    private static Map<String, Object> details(Excerpt excerpt) {
        Optional<LineageNode> maker = excerpt.makers().stream()
                .filter(attempt -> excerpt.madeBy(attempt).contains(excerpt.subject()))
                .findFirst();
        Map<String, Object> metadata = new LinkedHashMap<>();
        maker.ifPresent(attempt -> {
            metadata.put("invocationId", attempt.key().identity());
            RunTimes times = RunTimes.in(excerpt.factsOf(attempt));
            times.begun().ifPresent(begun -> metadata.put("startedOn", begun.toString()));
            times.ended().ifPresent(ended -> metadata.put("finishedOn", ended.toString()));
        });
        Map<String, Object> builder = new LinkedHashMap<>();
        builder.put("id", "urn:mugv:batch");
        excerpt.nodes().stream()
                .filter(node -> node.kind() == NodeKind.CODE_VERSION)
                .reduce((first, second) -> second)
                .ifPresent(
                        code -> builder.put("version", Map.of("code", code.key().identity())));
        return Map.of("builder", builder, "metadata", metadata);
    }

    private static Map<String, Object> descriptor(String name, String sha256) {
        return Map.of("name", name, "digest", Map.of("sha256", sha256));
    }
}
