package dev.mugv.model.flow;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImageLossTest {
    @Test
    void imageLossesWeighLess() {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                SafetensorsFile golden = Golden.open("dit-tiny-batch-odd");
                FlowMatching flow = new FlowMatching()) {
            DitCondition condition = new DitCondition(500, 24, Set.of(), DitCondition.consecutive(2), 4);
            FlowTarget target = new FlowTarget(
                    golden.array(scope, "x"), golden.array(scope, "noise"), List.of(condition, condition));
            NDArray velocity = golden.array(scope, "out");
            FlowMatching.Loss loss = flow.loss(velocity, target, List.of(1.0, FlowMatching.IMAGE_WEIGHT), scope);
            float[] samples = loss.sample_B().toFloatArray();
            assertThat(samples[0] > 0 && samples[1] > 0).isTrue();
            Golden.requireClose("mean", loss.mean(), new float[] {(samples[0] + samples[1] * 0.3f) / 2}, Golden.OUTPUT);
        }
    }
}
