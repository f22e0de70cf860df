package dev.mugv.jobs.web;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lineage of a {@link ShownRun}: a video in many clips, a training on all of them, its checkpoint and the evaluation of that. */
final class ShownLineage {
    private ShownLineage() {}

    /** What the run was made from, by hand: as a real run of one stage has it. */
    static List<NewNode> of(ArtifactRef model, ArtifactRef evaluation) {
        NodeKey attempt = new NodeKey(NodeKind.ATTEMPT, "feed/0");
        List<NewNode> nodes = new ArrayList<>();
        nodes.add(NewNode.of(NodeKind.NODE, "node1", "node1").build());
        nodes.add(NewNode.of(NodeKind.VIDEO, ShownRun.VIDEO, "bridge.mp4")
                .name("bridge.mp4")
                .build());
        NewNode.Builder list =
                NewNode.of(NodeKind.MANIFEST, "5".repeat(64), "training clips").fact("clips", ShownRun.CLIPS);
        for (int i = 0; i < ShownRun.CLIPS; i++) {
            NodeKey clip = new NodeKey(NodeKind.CLIP, i == 0 ? ShownRun.KEPT : "%016x".formatted(0xd000 + i));
            nodes.add(NewNode.of(NodeKind.CLIP, clip.identity(), "clip %03d".formatted(i))
                    .from(EdgeRole.CUT_FROM, new NodeKey(NodeKind.VIDEO, ShownRun.VIDEO))
                    .build());
            list.from(EdgeRole.CONTAINS, clip);
        }
        nodes.add(NewNode.of(NodeKind.ATTEMPT, attempt.identity(), "pretrain-motion/model #1")
                .from(EdgeRole.RAN_ON, new NodeKey(NodeKind.NODE, "node1"))
                .build());
        nodes.add(list.build());
        NewNode configuration = NewNode.ofDocument(
                        NodeKind.CONFIGURATION,
                        "{\"name\": \"%s\", \"url\": \"jdbc:postgresql://u:%s@h/d?password=%s\"}"
                                .formatted(ShownRun.HOSTILE.replace("\"", ""), ShownRun.SECRET, ShownRun.SECRET),
                        ShownRun.RUN)
                .build();
        nodes.add(configuration);
        nodes.add(NewNode.of(NodeKind.TRAINING, "6".repeat(64), "pretrain-motion")
                .fact("objective", Map.of("seed", 3))
                .from(EdgeRole.TRAINED_ON, list.build().key())
                .from(EdgeRole.CONFIGURED_BY, configuration.key())
                .build());
        nodes.add(NewNode.of(NodeKind.CHECKPOINT, model.manifestSha256(), "demo/pretrain-motion")
                .fact("artifact-key", model.key())
                .fact("note", ShownRun.HOSTILE)
                .from(EdgeRole.STATE_OF, new NodeKey(NodeKind.TRAINING, "6".repeat(64)))
                .madeBy(Optional.of(attempt))
                .build());
        nodes.add(NewNode.of(NodeKind.EVALUATION, evaluation.manifestSha256(), ShownRun.HOSTILE)
                .from(EdgeRole.EVALUATES, new NodeKey(NodeKind.CHECKPOINT, model.manifestSha256()))
                .build());
        return nodes;
    }
}
