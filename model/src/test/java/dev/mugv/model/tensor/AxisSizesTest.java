package dev.mugv.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class AxisSizesTest {
    @Test
    void bindsEqualLettersToEqualSizes() {
        AxisSizes sizes = new AxisSizes("test").fix('C', 24).bind("latent_BCFHW", new Shape(2, 24, 3, 4, 5));
        assertThat(sizes.of('F')).isEqualTo(3);
        sizes.bind("timestep_B", new Shape(2));
    }

    @Test
    void namesTensorExpectedAndFoundShape() {
        AxisSizes sizes = new AxisSizes("run the model").fix('C', 24);
        assertThatThrownBy(() -> sizes.bind("latent_BCFHW", new Shape(2, 16, 3, 4, 5)))
                .hasMessageContaining(
                        "Cannot run the model: latent_BCFHW has shape (2, 16, 3, 4, 5), expected (B, C=24, F, H, W)");
        assertThatThrownBy(() -> sizes.bind("fps_B", new Shape(2, 1))).hasMessageContaining("fps_B");
    }
}
