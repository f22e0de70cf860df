package dev.mugv.steps.provenance;

import dev.mugv.model.run.Json;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.util.List;
import java.util.Optional;

/**
 * What is to be recorded together with an artifact.
 *
 * @param others nodes that it is made of, added to
 * @param artifact its own node, added to
 * @param maker the attempt that made it all
 */
record Nodes(List<NewNode> others, NewNode.Builder artifact, Optional<NodeKey> maker) {
    NodeKey add(NewNode node) {
        others.add(node);
        return node.key();
    }

    NodeKey add(NewNode.Builder node) {
        return add(node.build());
    }

    /** A list of clips as a node that stands for its text. */
    NodeKey addManifest(String label, List<?> entries, List<String> clipIds) {
        return add(NewNode.ofDocument(NodeKind.MANIFEST, Json.text(entries), label)
                .fact("clips", clipIds.size())
                .from(dev.mugv.steps.lineage.EdgeRole.CONTAINS, clips(clipIds)));
    }

    static List<NodeKey> clips(List<String> clipIds) {
        return clipIds.stream()
                .distinct()
                .map(id -> new NodeKey(NodeKind.CLIP, id))
                .toList();
    }
}
