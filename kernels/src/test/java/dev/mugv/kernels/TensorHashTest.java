package dev.mugv.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.TensorHashing;
import dev.mugv.kernels.reference.ReferenceDevice;
import org.junit.jupiter.api.Test;

class TensorHashTest {
    private static final int ROWS = 6;
    private static final int COLUMNS = 10;
    private static final long KEY = TensorHash.key("blocks.0.attn.qkv.weight");

    private final TensorHashing hashing = new ReferenceDevice(1).tensorHashing();
    private final HostElements values = values();

    @Test
    void partsInAnyOrderAddUpToTheWhole() {
        TensorHash whole = hash(TensorHashing.Part.whole(values, KEY));
        TensorHash rows = hash(new TensorHashing.Part(values.slice(20, 40), COLUMNS, COLUMNS, 20, KEY))
                .plus(hash(new TensorHashing.Part(values.slice(0, 20), COLUMNS, COLUMNS, 0, KEY)));
        TensorHash columns = hash(columns(3, 7)).plus(hash(columns(0, 3)));
        assertThat(rows).isEqualTo(whole);
        assertThat(columns).isEqualTo(whole);
        assertThat(whole.plus(TensorHash.NOTHING)).isEqualTo(whole);
    }

    @Test
    void anElementAPlaceAndANameDecide() {
        TensorHash whole = hash(TensorHashing.Part.whole(values, KEY));
        assertThat(hash(TensorHashing.Part.whole(values, TensorHash.key("other"))))
                .isNotEqualTo(whole);
        double first = values.get(0);
        values.set(0, values.get(1));
        values.set(1, first);
        assertThat(hash(TensorHashing.Part.whole(values, KEY))).isNotEqualTo(whole);
        values.set(1, values.get(0));
        values.set(0, Math.nextUp((float) first));
        assertThat(hash(TensorHashing.Part.whole(values, KEY))).isNotEqualTo(whole);
    }

    @Test
    void bf16HashesAsTheSameNumbersInFp32() {
        HostElements narrow = HostElements.allocate(ElementFormat.BF16, values.count());
        HostElements wide = HostElements.allocate(ElementFormat.FP32, values.count());
        for (int i = 0; i < values.count(); i++) {
            narrow.set(i, values.get(i));
            wide.set(i, narrow.get(i));
        }
        assertThat(hash(TensorHashing.Part.whole(narrow, KEY))).isEqualTo(hash(TensorHashing.Part.whole(wide, KEY)));
    }

    @Test
    void theSumOfTheElementsIsTheHash() {
        TensorHash sum = TensorHash.NOTHING;
        for (int i = 0; i < values.count(); i++) {
            sum = sum.plus(TensorHash.of(KEY, i, (float) values.get(i)));
        }
        assertThat(hash(TensorHashing.Part.whole(values, KEY))).isEqualTo(sum);
        assertThat(sum.toString()).hasSize(32).matches("[0-9a-f]+");
    }

    private TensorHashing.Part columns(int first, int count) {
        HostElements part = HostElements.allocate(ElementFormat.FP32, (long) ROWS * count);
        for (int i = 0; i < part.count(); i++) {
            part.set(i, values.get(i / count * COLUMNS + first + i % count));
        }
        return new TensorHashing.Part(part, count, COLUMNS, first, KEY);
    }

    private TensorHash hash(TensorHashing.Part part) {
        HostElements sums = HostElements.of(0L, 0L);
        Elements target = sums;
        hashing.add(part, target);
        return TensorHashing.hash(sums);
    }

    private static HostElements values() {
        HostElements values = HostElements.allocate(ElementFormat.FP32, ROWS * COLUMNS);
        CounterNoise noise = CounterNoise.of(2, "values");
        for (int i = 0; i < values.count(); i++) {
            values.set(i, noise.gaussian(i));
        }
        return values;
    }
}
