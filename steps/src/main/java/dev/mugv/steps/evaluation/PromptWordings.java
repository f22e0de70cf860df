package dev.mugv.steps.evaluation;

import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.PromptWording;
import dev.mugv.model.config.RewriterConfiguration;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.format.RewrittenPrompts;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.training.StageInputs;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The words in which a run's prompts are put to its models. */
public final class PromptWordings {
    private final EvaluationConfiguration evaluation;
    private final StageInputs inputs;
    private final ArtifactFolders folders;

    public PromptWordings(EvaluationConfiguration evaluation, StageInputs inputs, ArtifactFolders folders) {
        this.evaluation = evaluation;
        this.inputs = inputs;
        this.folders = folders;
    }

    /**
     * What the rewriter made of each prompt; empty where prompts are put as they were given.
     *
     * @param neededBy step that asks, for messages
     */
    Map<String, RewrittenPrompt> byOriginal(String neededBy) {
        Map<String, RewrittenPrompt> byOriginal = new HashMap<>();
        Optional<RewriterConfiguration> rewriter =
                evaluation.rewriter().filter(any -> evaluation.wording() == PromptWording.REWRITTEN);
        if (rewriter.isEmpty() || evaluation.prompts().isEmpty()) {
            return byOriginal;
        }
        List<ArtifactRef> refs = inputs.all(RewritePromptsPlanner.STEP, neededBy);
        String template = Sha256.of(rewriter.get().template().getBytes(StandardCharsets.UTF_8));
        for (ArtifactRef ref : refs) {
            Json.read(folders.of(ref).resolve(RewrittenPrompts.FILE_NAME), RewrittenPrompts.class).prompts().stream()
                    .filter(prompt -> prompt.model().equals(rewriter.get().model())
                            && prompt.templateSha256().equals(template))
                    .forEach(prompt -> byOriginal.put(prompt.original(), prompt));
        }
        if (!byOriginal.keySet().containsAll(evaluation.prompts())) {
            throw inputs.missing(RewritePromptsPlanner.STEP, neededBy);
        }
        return byOriginal;
    }
}
