package dev.mugv.steps.lineage;

/**
 * What a node is by content.
 *
 * @param identity unique within the kind: a SHA-256, a clip id, a token with index, a host
 */
public record NodeKey(NodeKind kind, String identity) {
    public NodeKey {
        if (identity.isEmpty()) {
            throw new IllegalArgumentException("expected the identity of a " + kind.label() + ", found nothing");
        }
    }

    @Override
    public String toString() {
        return kind.label() + ":" + identity;
    }
}
