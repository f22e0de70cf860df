package dev.mugv.model.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * A service with OpenAI's chat completions interface that rewrites prompts into the words that a model was trained on.
 *
 * @param url base address, for example {@code http://localhost:8000/v1}
 * @param model name of the model
 * @param apiKeyVariable environment variable with the key, where the service asks for one
 * @param template what it is asked; {@code {prompt}} stands for the prompt
 * @param timeout longest wait for one answer
 */
public record RewriterConfiguration(
        URI url,
        String model,
        Optional<String> apiKeyVariable,

        @Default(
                "'Rewrite this prompt of a video as two or three plain sentences in English that say subject, action, scene, light and camera, adding nothing that contradicts it. Answer with the sentences alone. Prompt: {prompt}'")
        String template,

        @Default("60s") Duration timeout) {
    /** What stands for the prompt in a template. */
    public static final String PLACE = "{prompt}";

    public RewriterConfiguration {
        new Faults()
                .require(
                        "http".equals(url.getScheme()) || "https".equals(url.getScheme()),
                        "url",
                        "expected an http or https address, found '" + url + "'")
                .require(!model.isBlank(), "model", "expected a model's name, found none")
                .require(
                        template.contains(PLACE),
                        "template",
                        "expected " + PLACE + " where the prompt stands, found '" + template + "'")
                .require(timeout.toMillis() > 0, "timeout", "expected above 0, found " + timeout.toMillis() + "ms")
                .throwIfAny();
    }
}
