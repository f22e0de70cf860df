package dev.mugv.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class T5SizeTest {
    @Test
    void bucketsAreSingleThenWidenByEqualRatiosThenOne() {
        T5Size size = new T5Size(97, 64, 6, 8, 144, 2, 32, 128);
        assertThat(size.bucket(0)).isZero();
        assertThat(size.bucket(-7)).isEqualTo(7);
        assertThat(size.bucket(7)).isEqualTo(23);
        // 8 · 16^(k / 8): the borders of the widening ones are 8, 11.3, 16, 22.6, 32, 45.3, 64, 90.5.
        int[] borders = {8, 12, 16, 23, 32, 46, 64, 91};
        for (int k = 0; k < borders.length; k++) {
            assertThat(size.bucket(-borders[k])).as("from %d", borders[k]).isEqualTo(8 + k);
            assertThat(size.bucket(1 - borders[k])).as("before %d", borders[k]).isEqualTo(7 + k);
        }
        assertThat(size.bucket(-5000)).isEqualTo(15);
        assertThat(size.bucket(5000)).isEqualTo(31);
    }
}
