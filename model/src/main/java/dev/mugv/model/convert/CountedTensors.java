package dev.mugv.model.convert;

import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/** Tells how many bytes were read so far. */
final class CountedTensors extends DerivedTensors {
    private final LongConsumer progress;
    private long bytes;

    CountedTensors(TensorSource original, LongConsumer progress) {
        super(original);
        this.progress = progress;
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        bytes += target.remaining();
        super.copy(name, first, target);
        progress.accept(bytes);
    }
}
