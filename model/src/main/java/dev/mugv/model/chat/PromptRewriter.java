package dev.mugv.model.chat;

import dev.mugv.model.config.RewriterConfiguration;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Asks a service for a prompt in other words: MUG-V's evaluations give every model its own prompt generator (mugv.md, section 5.7). */
public final class PromptRewriter {
    private static final String PURPOSE = "rewrite the prompt";
    private static final int MAX_TOKENS = 300;

    private final RewriterConfiguration settings;
    private final ChatEndpoint service;

    /**
     * @param key what the service wants as bearer token
     * @param firstPause wait before the second attempt; doubled before each further one
     */
    public PromptRewriter(RewriterConfiguration settings, Optional<String> key, Duration firstPause) {
        this.settings = settings;
        this.service = new ChatEndpoint(
                new ChatEndpoint.Service(settings.url(), settings.model(), settings.timeout()),
                PURPOSE,
                key,
                firstPause);
    }

    /**
     * With the key that the settings name.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when its variable is empty
     */
    public static PromptRewriter of(RewriterConfiguration settings) {
        return new PromptRewriter(
                settings,
                settings.apiKeyVariable().map(variable -> ChatEndpoint.key(PURPOSE, variable)),
                Duration.ofSeconds(2));
    }

    /**
     * The prompt in other words.
     *
     * @throws WorkFailure TRANSIENT when the service stays out of reach; INVALID_REQUEST when it refuses or answers something else
     */
    public RewrittenPrompt rewrite(String prompt) {
        String answer = service.ask(settings.template().replace(RewriterConfiguration.PLACE, prompt), MAX_TOKENS);
        return new RewrittenPrompt(
                prompt, answer, settings.model(), Sha256.of(settings.template().getBytes(StandardCharsets.UTF_8)));
    }
}
