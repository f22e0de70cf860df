package dev.mugv.jobs.cli;

import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.RewriterConfiguration;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Who puts a prompt into other words. */
final class RewriterOptions {
    private static final String TEMPLATE =
            "Rewrite this prompt of a video as two or three plain sentences in English that say subject, action, scene, light and"
                    + " camera, adding nothing that contradicts it. Answer with the sentences alone. Prompt: "
                    + RewriterConfiguration.PLACE;

    @Option(
            names = "--rewrite-prompt",
            description = {
                "Has a service with OpenAI's chat completions interface rewrite the prompt first: the run's 'evaluate.rewriter', or",
                "--rewriter-url and --rewriter-model. Original and rewritten prompt are kept beside the video."
            })
    private boolean asked;

    @Option(
            names = "--rewriter-url",
            paramLabel = "URL",
            description = "Its base address, such as http://localhost:8000/v1.")
    private Optional<URI> url = Optional.empty();

    @Option(names = "--rewriter-model", paramLabel = "NAME", description = "The name of its model.")
    private Optional<String> model = Optional.empty();

    @Option(
            names = "--rewriter-key-variable",
            paramLabel = "NAME",
            description = "Environment variable that holds its key.")
    private Optional<String> keyVariable = Optional.empty();

    /** Whether the prompt is to be rewritten. */
    boolean isAsked() {
        return asked;
    }

    /** The service, if it is to be asked. */
    Optional<RewriterConfiguration> rewriter(Optional<RewriterConfiguration> configured) {
        if (!asked) {
            return Optional.empty();
        }
        if (url.isEmpty() && model.isEmpty()) {
            return Optional.of(configured.orElseThrow(() -> GenerateCommand.refusal(
                    "--rewrite-prompt names no service",
                    "Give --rewriter-url and --rewriter-model, or 'evaluate.rewriter' in the run's configuration")));
        }
        try {
            return Optional.of(new RewriterConfiguration(
                    url.or(() -> configured.map(RewriterConfiguration::url)).orElse(URI.create("")),
                    model.or(() -> configured.map(RewriterConfiguration::model)).orElse(""),
                    keyVariable.or(() -> configured.flatMap(RewriterConfiguration::apiKeyVariable)),
                    configured.map(RewriterConfiguration::template).orElse(TEMPLATE),
                    configured.map(RewriterConfiguration::timeout).orElse(Duration.ofMinutes(1))));
        } catch (InvalidValuesException e) {
            throw GenerateCommand.refusal(
                    "the rewriter is not whole: " + e.getMessage(), "Correct --rewriter-url and --rewriter-model");
        }
    }
}
