package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import dev.mugv.model.tensor.AxisSizes;
import java.util.List;

/**
 * One batch for the transformer.
 *
 * @param latent_BCFHW noisy latents, clean frames in place; 24 channels, any height and width
 * @param text_SD text features of all captions one behind the other, without padding
 * @param conditions one a sample, in order; their text tokens sum up to S
 */
public record DitInput(NDArray latent_BCFHW, NDArray text_SD, List<DitCondition> conditions) {
    public DitInput {
        conditions = List.copyOf(conditions);
        AxisSizes sizes = new AxisSizes("run the transformer")
                .fix('B', conditions.size())
                .fix('C', DitParameters.LATENT_CHANNELS)
                .bind("latent_BCFHW", latent_BCFHW)
                .fix(
                        'S',
                        conditions.stream().mapToLong(DitCondition::textTokens).sum())
                .bind("text_SD", text_SD);
        conditions.forEach(condition -> sizes.fix('F', condition.latentFrames()));
    }

    int batch() {
        return conditions.size();
    }

    /** Of one sample. */
    int patches() {
        return frames() * TokenLayout.patches(height()) * TokenLayout.patches(width());
    }

    int frames() {
        return size(2);
    }

    int height() {
        return size(3);
    }

    int width() {
        return size(4);
    }

    private int size(int axis) {
        return Math.toIntExact(latent_BCFHW.getShape().get(axis));
    }
}
