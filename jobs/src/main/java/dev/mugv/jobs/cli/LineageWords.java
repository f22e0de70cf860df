package dev.mugv.jobs.cli;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.lineage.Resolution;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Nodes of the lineage graph as people name them and as they are shown. */
final class LineageWords {
    private LineageWords() {}

    /**
     * A node as it stands in JSON.
     *
     * @param id kind and identity, by which it is found again
     */
    record NodeView(String id, String kind, String label, String recordedAt) {
        static NodeView of(LineageNode node) {
            return new NodeView(
                    node.key().toString(),
                    node.kind().label(),
                    node.label(),
                    node.recordedAt().toString());
        }
    }

    /**
     * The node that a word stands for.
     *
     * @param purpose what cannot be done without it, for example {@code show the lineage of}
     * @throws WorkFailure of kind INVALID_REQUEST when there is none, or there are several
     */
    static LineageNode require(LineageReader reader, String word, String purpose) {
        Resolution resolution = reader.resolve(word);
        if (resolution instanceof Resolution.Found found) {
            return found.node();
        }
        if (resolution instanceof Resolution.Ambiguous several) {
            String candidates = several.candidates().stream()
                    .map(LineageWords::line)
                    .collect(Collectors.joining("\n  ", "\n  ", ""));
            String more = several.total() > several.candidates().size()
                    ? "\n  and %d more"
                            .formatted(several.total() - several.candidates().size())
                    : "";
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot %s '%s': it stands for %d things. Give one of these:%s%s"
                            .formatted(purpose, word, several.total(), candidates, more));
        }
        throw new WorkFailure(
                FailureKind.INVALID_REQUEST,
                ("Cannot %s '%s': nothing recorded has this name, hash or beginning of one."
                                + " See 'mugv checkpoints' for models and 'mugv clips' for clips.")
                        .formatted(purpose, word));
    }

    private static String line(LineageNode node) {
        return "%s:%s  %s, recorded %s"
                .formatted(
                        node.kind().label(),
                        node.shortIdentity(),
                        node.label(),
                        node.recordedAt().truncatedTo(ChronoUnit.SECONDS));
    }

    /** A node on one line, with what says most about its kind. */
    static String line(LineageNode node, JsonNode facts) {
        String more = node.kind() == NodeKind.MANIFEST
                ? ", %d clips".formatted(facts.path("clips").asInt(0))
                : update(facts);
        return "%s %s  %s%s".formatted(node.kind().label(), node.shortIdentity(), node.label(), more);
    }

    private static String update(JsonNode facts) {
        String weights = facts.path("weights-sha256").asString("");
        return (facts.has("update") ? ", update " + facts.path("update").asLong() : "")
                + (weights.isEmpty() ? "" : ", weights " + weights.substring(0, 16));
    }
}
