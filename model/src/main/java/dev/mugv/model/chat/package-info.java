/**
 * Services with OpenAI's chat completions interface, asked over HTTP: time-outs, attempts, refusals, and how prompts are rewritten.
 *
 * <p>Knows neither frames nor tensors. Start at {@link dev.mugv.model.chat.ChatEndpoint}.
 */
@NullMarked
package dev.mugv.model.chat;

import org.jspecify.annotations.NullMarked;
