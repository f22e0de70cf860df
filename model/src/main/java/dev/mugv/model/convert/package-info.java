/**
 * Converts what other programs wrote, and back: state dicts of the transformer and the VideoVAE between {@code .pt},
 * safetensors, Megatron's tensor-parallel checkpoints and this product's folders. Every conversion is a {@link
 * dev.mugv.model.tensor.TensorSource} seen otherwise, so values stream from file to file.
 *
 * <p>Knows file formats and the names and shapes of both models; neither the engine nor trainers. Start at {@link
 * dev.mugv.model.convert.ModelConversion}.
 */
@NullMarked
package dev.mugv.model.convert;

import org.jspecify.annotations.NullMarked;
