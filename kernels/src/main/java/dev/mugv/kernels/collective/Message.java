package dev.mugv.kernels.collective;

import java.util.List;

/**
 * One message of a round, and whether it has arrived.
 *
 * <p>A round is what one rank has to send and to receive at the same time; {@link Wire} carries it.
 */
final class Message {
    private final Elements elements;
    private final int peer;
    private final int tag;
    private final boolean isReceive;
    private Object handle = List.of();
    private boolean done;

    private Message(Elements elements, int peer, int tag, boolean isReceive) {
        this.elements = elements;
        this.peer = peer;
        this.tag = tag;
        this.isReceive = isReceive;
    }

    /** @param peer rank of the world */
    static Message send(Elements elements, int peer, int tag) {
        return new Message(elements, peer, tag, false);
    }

    /** @param peer rank of the world */
    static Message receive(Elements elements, int peer, int tag) {
        return new Message(elements, peer, tag, true);
    }

    Elements elements() {
        return elements;
    }

    int bytes() {
        return Math.multiplyExact(elements.count(), elements.type().bytes());
    }

    int peer() {
        return peer;
    }

    int tag() {
        return tag;
    }

    boolean isReceive() {
        return isReceive;
    }

    boolean isDone() {
        return done;
    }

    void markDone() {
        done = true;
    }

    /** What the wire knows of it. */
    Object handle() {
        return handle;
    }

    void hold(Object ofWire) {
        handle = ofWire;
    }
}
