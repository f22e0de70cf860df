package dev.mugv.steps.lineage;

import java.time.Instant;

/**
 * A recorded node.
 *
 * @param id in the order of recording
 * @param label what people called it when it was first recorded
 */
public record LineageNode(long id, NodeKey key, String label, Instant recordedAt) {
    private static final int SHORT = 16;

    public NodeKind kind() {
        return key.kind();
    }

    /** Enough of the identity to find the node again, for tables. */
    public String shortIdentity() {
        String identity = key.identity();
        return identity.matches("[0-9a-f]{17,}") ? identity.substring(0, SHORT) : identity;
    }
}
