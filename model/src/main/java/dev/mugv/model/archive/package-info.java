/**
 * Files of weights as the outside world keeps them, beside single safetensors files: {@code .pt} and {@code .bin} files of
 * {@code torch.save}, and shards of either format with an index. Reading a pickle runs nothing and makes nothing but
 * containers and descriptions of tensors; values stay in the file.
 *
 * <p>Knows file formats and {@code model.tensor}; nothing of any model. Start at {@link dev.mugv.model.archive.TensorFiles}.
 */
@NullMarked
package dev.mugv.model.archive;

import org.jspecify.annotations.NullMarked;
