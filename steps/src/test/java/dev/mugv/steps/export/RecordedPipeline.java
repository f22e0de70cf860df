package dev.mugv.steps.export;

import dev.mugv.model.run.Sha256;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A video, two clips of it, a training on one of them; another video that has nothing to do with it. */
final class RecordedPipeline {
    static final String WEIGHTS = Sha256.of("weights".getBytes(StandardCharsets.UTF_8));

    private RecordedPipeline() {}

    static List<NewNode> nodes() {
        NodeKey attempt = key(NodeKind.ATTEMPT, "token/0");
        NodeKey code = key(NodeKind.CODE_VERSION, "code1");
        return List.of(
                NewNode.of(NodeKind.NODE, "node1", "node1").build(),
                NewNode.of(NodeKind.CODE_VERSION, "code1", "TRAIN_MODEL").build(),
                NewNode.of(NodeKind.VIDEO, Sha256.of(new byte[] {1}), "a \"quoted\" film.mp4")
                        .fact("licence", "CC0")
                        .build(),
                NewNode.of(NodeKind.VIDEO, Sha256.of(new byte[] {2}), "other.mp4")
                        .build(),
                NewNode.of(NodeKind.CLIP, "clip1", "clip 1")
                        .from(EdgeRole.CUT_FROM, key(NodeKind.VIDEO, Sha256.of(new byte[] {1})))
                        .build(),
                NewNode.of(NodeKind.CLIP, "clip2", "clip 2")
                        .from(EdgeRole.CUT_FROM, key(NodeKind.VIDEO, Sha256.of(new byte[] {1})))
                        .build(),
                NewNode.of(NodeKind.ATTEMPT, "token/0", "pretrain/motion #1")
                        .fact("run-name", "demo")
                        .fact("step", "pretrain-motion")
                        .fact(
                                "runs",
                                List.of(
                                        Map.of(
                                                "started-at",
                                                "2026-11-30T10:00:00Z",
                                                "ended-at",
                                                "2026-11-30T10:01:00Z"),
                                        Map.of(
                                                "started-at",
                                                "2026-11-30T10:02:00Z",
                                                "ended-at",
                                                "2026-11-30T10:05:00Z")))
                        .from(EdgeRole.RAN_ON, key(NodeKind.NODE, "node1"))
                        .build(),
                NewNode.of(NodeKind.MANIFEST, "manifest1", "training clips")
                        .from(EdgeRole.CONTAINS, key(NodeKind.CLIP, "clip1"))
                        .build(),
                NewNode.of(NodeKind.CHECKPOINT, "checkpoint1", "demo/pretrain-motion")
                        .fact("step", "pretrain-motion")
                        .fact("files", Map.of("model.safetensors", Map.of("bytes", 7, "sha256", WEIGHTS)))
                        .from(EdgeRole.TRAINED_ON, key(NodeKind.MANIFEST, "manifest1"))
                        .from(EdgeRole.CODE, code)
                        .madeBy(Optional.of(attempt))
                        .build());
    }

    private static NodeKey key(NodeKind kind, String identity) {
        return new NodeKey(kind, identity);
    }
}
