package dev.mugv.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @Test
    void labelsAreReadBack() {
        assertThat(Device.parse("cpu")).isEqualTo(Device.CPU);
        assertThat(Device.parse("cuda")).isEqualTo(Device.cuda(0));
        assertThat(Device.parse(Device.cuda(7).label())).isEqualTo(Device.cuda(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CUDA", "cuda:", "cuda:-1", "cuda:x", "cpu:0", "cuda:99999"})
    void anythingElseIsRefusedByAMessageForTheUser(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(UnusableDeviceException.class)
                .hasMessage(
                        "Cannot use device '%s': expected 'cpu', 'cuda' or 'cuda:N'. Correct the name of the device."
                                .formatted(text));
    }
}
