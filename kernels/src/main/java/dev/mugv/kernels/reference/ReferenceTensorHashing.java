package dev.mugv.kernels.reference;

import dev.mugv.kernels.Philox;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.TensorHashing;
import java.nio.LongBuffer;

/** {@link dev.mugv.kernels.TensorHash#of} of every element, without an object for each. */
final class ReferenceTensorHashing implements TensorHashing {
    private static final long LOW = 0xFFFFFFFFL;

    @Override
    public void add(Part part, Elements sums_2) {
        TensorHashing.requireSums(sums_2);
        HostElements values = HostArena.of(part.values());
        int[] words = new int[4];
        long high = 0;
        long low = 0;
        for (int i = 0; i < values.count(); i++) {
            long index = part.firstIndex() + i / part.columns() * part.rowStride() + i % part.columns();
            Philox.block(index, Float.floatToRawIntBits((float) values.get(i)) & LOW, part.key(), words);
            high += (long) words[0] << 32 | (words[1] & LOW);
            low += (long) words[2] << 32 | (words[3] & LOW);
        }
        LongBuffer sums = HostArena.of(sums_2).longs();
        sums.put(0, sums.get(0) + high).put(1, sums.get(1) + low);
    }
}
