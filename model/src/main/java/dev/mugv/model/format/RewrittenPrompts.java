package dev.mugv.model.format;

import java.util.List;

/**
 * Prompts in other words, in the order of the order: {@code rewritten.json}.
 *
 * @param prompts each with its original
 */
public record RewrittenPrompts(List<RewrittenPrompt> prompts) {
    public static final String FILE_NAME = "rewritten.json";

    public RewrittenPrompts {
        prompts = List.copyOf(prompts);
    }
}
