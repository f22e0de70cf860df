/**
 * Captions to features: the T5-v1.1 encoder with a Hugging Face folder's weights and tokenizer, or a small seeded one over
 * bytes where no folder is given.
 *
 * <p>Knows nothing of videos or of the model that reads the features. Start at {@link dev.mugv.model.text.TextEncoder}.
 */
@NullMarked
package dev.mugv.model.text;

import org.jspecify.annotations.NullMarked;
