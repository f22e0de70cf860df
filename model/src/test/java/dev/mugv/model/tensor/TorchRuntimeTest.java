package dev.mugv.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.pytorch.jni.JniUtils;
import dev.mugv.model.run.WorkFailure;
import org.junit.jupiter.api.Test;

class TorchRuntimeTest {
    @Test
    void usesTheThreadsItIsGivenEvenWhenStartedBefore() {
        TorchRuntime.start(1);
        assertThat(TorchRuntime.start(2).threads()).isEqualTo(2);
        assertThat(JniUtils.getNumThreads()).isEqualTo(2);
        TorchRuntime.start(1);
        assertThat(JniUtils.getNumThreads()).isEqualTo(1);
    }

    @Test
    void refusesNoThreads() {
        assertThatThrownBy(() -> TorchRuntime.start(0))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected at least 1 thread, found 0");
    }
}
