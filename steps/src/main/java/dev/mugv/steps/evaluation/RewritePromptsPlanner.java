package dev.mugv.steps.evaluation;

import dev.mugv.model.config.RewriterConfiguration;
import dev.mugv.model.format.RewritePromptsOrder;
import dev.mugv.model.format.ServiceAddress;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Plans that a service rewrites the prompts of the evaluation. What was rewritten before by the same model, asked the same, is not asked
 * for again: with a changed prompt, only that prompt is. Where the service is found decides nothing.
 */
public final class RewritePromptsPlanner implements WorkPlanner {
    public static final String STEP = "rewrite-prompts";

    /** Few enough for an element to end in minutes. */
    private static final int PROMPTS_PER_ELEMENT = 32;

    private static final int DIGITS = 8;

    private final List<String> prompts;
    private final RewriterConfiguration rewriter;
    private final EarlierWork earlier;
    private final WorkResources resources;

    /** @param earlier what this step of the run has left before */
    public RewritePromptsPlanner(
            List<String> prompts, RewriterConfiguration rewriter, EarlierWork earlier, WorkResources resources) {
        this.prompts = List.copyOf(prompts);
        this.rewriter = rewriter;
        this.earlier = earlier;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        Map<String, RewritePromptsOrder> orders = new LinkedHashMap<>();
        Set<String> missing = new LinkedHashSet<>(prompts);
        for (EarlierWork.Left left : earlier.of(RewritePromptsOrder.FILE_NAME, List.of())) {
            RewritePromptsOrder order = Json.read(left.order(), RewritePromptsOrder.class);
            boolean isWanted = order.prompts().stream().anyMatch(missing::contains);
            if (isWanted
                    && order.model().equals(rewriter.model())
                    && order.template().equals(rewriter.template())) {
                orders.put(left.label(), order);
                order.prompts().forEach(missing::remove);
            }
        }
        List<String> rest = List.copyOf(missing);
        for (int from = 0; from < rest.size(); from += PROMPTS_PER_ELEMENT) {
            RewritePromptsOrder order = new RewritePromptsOrder(
                    rewriter.model(),
                    rewriter.template(),
                    rest.subList(from, Math.min(rest.size(), from + PROMPTS_PER_ELEMENT)));
            orders.put("prompts-" + Sha256.of(Json.bytes(order)).substring(0, DIGITS), order);
        }
        ServiceAddress address = new ServiceAddress(rewriter.url(), rewriter.apiKeyVariable(), rewriter.timeout());
        List<WorkItem> items = new ArrayList<>();
        orders.forEach((label, order) ->
                items.add(new WorkItem(label, TaskKind.REWRITE_PROMPTS, Json.tree(order), List.of(), resources)
                        .under(Json.tree(address))));
        earlier.retain(items.stream().map(WorkItem::label).toList());
        return items;
    }
}
