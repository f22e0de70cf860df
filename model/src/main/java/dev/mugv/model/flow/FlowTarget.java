package dev.mugv.model.flow;

import ai.djl.ndarray.NDArray;
import dev.mugv.model.dit.DitCondition;
import java.util.List;

/**
 * What a velocity is compared with.
 *
 * @param latent_BCFHW clean latents x0
 * @param noise_BCFHW the noise ε that was mixed in
 * @param conditions one a sample; their clean frames are left out of the loss
 */
public record FlowTarget(NDArray latent_BCFHW, NDArray noise_BCFHW, List<DitCondition> conditions) {
    public FlowTarget {
        conditions = List.copyOf(conditions);
    }
}
