package dev.mugv.model.convert;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Real numbers rounded to one type, to the nearest, ties to even; integers and truths stay what they are. */
final class RecastTensors extends DerivedTensors {
    private final ElementType target;

    RecastTensors(TensorSource original, ElementType target) {
        super(original);
        this.target = target;
    }

    @Override
    public ElementType type(String name) {
        ElementType own = super.type(name);
        return own.isReal() ? target : own;
    }

    /**
     * @throws WorkFailure of kind INVALID_REQUEST naming a number that the type cannot hold
     */
    @Override
    public void copy(String name, long first, ByteBuffer values) {
        ElementType own = super.type(name);
        if (!own.isReal() || own == target) {
            super.copy(name, first, values);
            return;
        }
        int elements = values.remaining() / target.bytes();
        ByteBuffer read = ByteBuffer.allocate(elements * own.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        super.copy(name, first, read);
        read.flip();
        for (int i = 0; i < elements; i++) {
            float value = own.real(read, i);
            int place = values.position();
            target.putReal(values, value);
            if (Float.isFinite(value)
                    && !Float.isFinite(
                            target.real(values.slice(place, target.bytes()).order(ByteOrder.LITTLE_ENDIAN), 0))) {
                throw tooLarge(name, first + i, value);
            }
        }
    }

    private WorkFailure tooLarge(String name, long element, float value) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot convert '%s' to %s: tensor '%s' holds %s at element %d, which is beyond that type. Convert to BF16 or F32."
                        .formatted(path(), target, name, value, element));
    }
}
