package dev.mugv.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class ElementTypeTest {
    @Test
    void everyHalfAndBrainFloatComesBackFromItsValue() {
        for (ElementType type : new ElementType[] {ElementType.F16, ElementType.BF16}) {
            for (int bits = 0; bits < 1 << 16; bits++) {
                ByteBuffer data = buffer().putShort(0, (short) bits);
                float value = type.real(data, 0);
                if (Float.isNaN(value)) {
                    assertThat(Float.isNaN(written(type, value))).isTrue();
                    assertThat(type.firstNonFinite(data, 1)).isZero();
                } else {
                    ByteBuffer again = buffer();
                    type.putReal(again, value);
                    assertThat(again.getShort(0)).as("%s %04x", type, bits).isEqualTo((short) bits);
                    assertThat(type.firstNonFinite(data, 1)).isEqualTo(Float.isFinite(value) ? 1 : 0);
                }
            }
        }
    }

    @Test
    void halvesRoundToTheNearestTiesToEven() {
        assertThat(written(ElementType.F16, 1 + 0x1p-11f)).isEqualTo(1);
        assertThat(written(ElementType.F16, 1 + 3 * 0x1p-11f)).isEqualTo(1 + 0x1p-9f);
        assertThat(written(ElementType.F16, Math.nextUp(1 + 0x1p-11f))).isEqualTo(1 + 0x1p-10f);
        assertThat(written(ElementType.F16, 65519.996f)).isEqualTo(65504);
        assertThat(written(ElementType.F16, -65520)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(written(ElementType.F16, 0x1p-25f)).isZero();
        assertThat(written(ElementType.F16, Math.nextUp(0x1p-25f))).isEqualTo(0x1p-24f);
        assertThat(written(ElementType.F16, 0x1.ffcp-15f + 0x1p-26f)).isEqualTo(0x1p-14f);
        assertThat(Float.floatToRawIntBits(written(ElementType.F16, -0f))).isEqualTo(Float.floatToRawIntBits(-0f));
    }

    @Test
    void brainFloatsRoundToTheNearestTiesToEven() {
        assertThat(written(ElementType.BF16, 1 + 0x1p-8f)).isEqualTo(1);
        assertThat(written(ElementType.BF16, 1 + 3 * 0x1p-8f)).isEqualTo(1 + 0x1p-6f);
        assertThat(written(ElementType.BF16, Math.nextUp(1 + 0x1p-8f))).isEqualTo(1 + 0x1p-7f);
        assertThat(written(ElementType.BF16, Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
    }

    private static float written(ElementType type, float value) {
        ByteBuffer data = buffer();
        type.putReal(data, value);
        return type.real(data, 0);
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
