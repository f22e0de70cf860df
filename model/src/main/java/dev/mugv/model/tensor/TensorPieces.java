package dev.mugv.model.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One tensor of a source in pieces of at most a mebibyte, in order.
 *
 * @param source holds the tensor
 * @param name of the tensor
 */
public record TensorPieces(TensorSource source, String name) {
    private static final int PIECE_BYTES = 1 << 20;

    /** Takes a piece; the buffer is little-endian, holds the piece from index 0 to its limit, and is used again for the next. */
    @FunctionalInterface
    public interface Taker {
        void take(ElementType type, ByteBuffer piece, int elements);
    }

    public static TensorPieces of(TensorSource source, String name) {
        return new TensorPieces(source, name);
    }

    /** Hands over all pieces. */
    public void forEach(Taker taker) {
        ElementType type = source.type(name);
        long count = source.shape(name).size();
        int most = PIECE_BYTES / type.bytes();
        ByteBuffer buffer =
                ByteBuffer.allocate((int) Math.min(most, count) * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (long first = 0; first < count; first += most) {
            int elements = (int) Math.min(most, count - first);
            buffer.clear().limit(elements * type.bytes());
            source.copy(name, first, buffer);
            taker.take(type, buffer.flip(), elements);
        }
    }
}
