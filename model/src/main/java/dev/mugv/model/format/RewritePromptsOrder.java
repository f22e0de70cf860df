package dev.mugv.model.format;

import java.util.List;

/**
 * Parameters of {@code REWRITE_PROMPTS}, which stand beside its result: {@code order.json}. No inputs; the order's circumstances are the
 * service's {@link ServiceAddress}.
 *
 * @param model name of the service's model
 * @param template what it is asked, see {@link dev.mugv.model.config.RewriterConfiguration}
 * @param prompts as they were given, each once
 */
public record RewritePromptsOrder(String model, String template, List<String> prompts) {
    public static final String FILE_NAME = "order.json";

    public RewritePromptsOrder {
        prompts = List.copyOf(prompts);
        if (prompts.isEmpty() || prompts.stream().distinct().count() != prompts.size()) {
            throw new IllegalArgumentException("expected prompts to rewrite, each once, found " + prompts);
        }
    }
}
