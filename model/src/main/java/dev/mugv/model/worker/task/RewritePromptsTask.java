package dev.mugv.model.worker.task;

import dev.mugv.model.chat.PromptRewriter;
import dev.mugv.model.config.RewriterConfiguration;
import dev.mugv.model.format.RewritePromptsOrder;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.format.RewrittenPrompts;
import dev.mugv.model.format.ServiceAddress;
import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code REWRITE_PROMPTS}: prompts of the evaluation in the words of a service. Answers are kept as they come, and never asked for again. */
public final class RewritePromptsTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        RewritePromptsOrder order = context.parameters(RewritePromptsOrder.class);
        ServiceAddress address = context.circumstances(ServiceAddress.class)
                .orElseThrow(() -> new WorkFailure(
                        FailureKind.DEFECT,
                        "Cannot rewrite prompts: the order tells no address of the service. Report this."));
        PromptRewriter rewriter = PromptRewriter.of(new RewriterConfiguration(
                address.url(), order.model(), address.apiKeyVariable(), order.template(), address.timeout()));
        Path answers = Files.createDirectories(context.durableFolder().resolve("answers"));
        List<RewrittenPrompt> rewritten = new ArrayList<>();
        for (String prompt : order.prompts()) {
            if (context.isStopRequested()) {
                throw new StopRequestedException("stopped after %d of %d prompts"
                        .formatted(rewritten.size(), order.prompts().size()));
            }
            Path kept = answers.resolve(Sha256.of(prompt.getBytes(StandardCharsets.UTF_8)) + ".json");
            if (!Files.exists(kept)) {
                byte[] answer = Json.bytes(rewriter.rewrite(prompt));
                context.requireClaim();
                DurableFile.write(kept, answer);
            }
            rewritten.add(Json.read(kept, RewrittenPrompt.class));
            context.progress(rewritten.size(), order.prompts().size(), "prompts");
        }
        Path output = context.pendingOutput();
        Files.writeString(output.resolve(RewritePromptsOrder.FILE_NAME), Json.pretty(order));
        Files.writeString(output.resolve(RewrittenPrompts.FILE_NAME), Json.pretty(new RewrittenPrompts(rewritten)));
    }
}
