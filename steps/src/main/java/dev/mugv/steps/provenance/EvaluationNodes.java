package dev.mugv.steps.provenance;

import dev.mugv.model.format.BenchmarkModelOrder;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.EvaluateModelOrder;
import dev.mugv.model.format.EvaluateVaeOrder;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.model.format.ModelBenchmark;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.RewritePromptsOrder;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.format.RewrittenPrompts;
import dev.mugv.model.format.VaeEvaluation;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Evaluations: of what, on which held-out clips, with which scores. */
final class EvaluationNodes {
    private EvaluationNodes() {}

    static void model(PublishedWork work, Nodes nodes) {
        EvaluateModelOrder order = work.order(EvaluateModelOrder.class);
        ModelEvaluation evaluation = work.read(ModelEvaluation.FILE_NAME, ModelEvaluation.class);
        List<NodeKey> models = work.inputs(NodeKind.CHECKPOINT, NodeKind.MERGE);
        TreeMap<String, Double> scores = new TreeMap<>();
        evaluation.losses().stream()
                .mapToDouble(ModelEvaluation.GridLoss::loss)
                .average()
                .ifPresent(loss -> scores.put("validation-loss", loss));
        evaluation.samples().stream()
                .flatMap(sample -> sample.scores().entrySet().stream())
                .collect(Collectors.groupingBy(Map.Entry::getKey, Collectors.averagingDouble(Map.Entry::getValue)))
                .forEach(scores::put);
        nodes.artifact()
                .fact("checkpoint", order.checkpoint())
                .fact("scores", scores)
                .from(EdgeRole.EVALUATES, models)
                .from(
                        EdgeRole.INPUT,
                        work.inputs().stream()
                                .filter(key -> !models.contains(key))
                                .toList())
                .from(
                        EdgeRole.CONDITIONED_ON,
                        Nodes.clips(order.items().stream()
                                .map(GenerationItem::firstFrameOf)
                                .flatMap(java.util.Optional::stream)
                                .map(ClipSource::clipId)
                                .toList()));
        order.items().stream()
                .flatMap(item -> item.rewriting().stream())
                .forEach(rewriting -> nodes.artifact().from(EdgeRole.CONDITIONED_ON, nodes.add(prompt(rewriting))));
        for (ValidationGrid grid : order.grids()) {
            nodes.artifact().from(EdgeRole.INPUT, nodes.addManifest("held-out clips", grid.clipIds(), grid.clipIds()));
        }
    }

    /** Which trial of a search was taken, and what all of them lost. */
    static void search(PublishedWork work, Nodes nodes) {
        HyperParameterSearch search = work.read(HyperParameterSearch.FILE_NAME, HyperParameterSearch.class);
        nodes.artifact()
                .from(EdgeRole.INPUT, work.inputs())
                .fact("found", search.found())
                .fact("trials", search.trials())
                .fact("reason", search.reason());
    }

    /** Prompts in other words: by whose model, asked by which template. */
    static void prompts(PublishedWork work, Nodes nodes) {
        RewritePromptsOrder order = work.order(RewritePromptsOrder.class);
        nodes.artifact().fact("model", order.model()).fact("template", order.template());
        work.read(RewrittenPrompts.FILE_NAME, RewrittenPrompts.class)
                .prompts()
                .forEach(prompt -> nodes.artifact().from(EdgeRole.CONTAINS, nodes.add(prompt(prompt))));
    }

    private static NewNode.Builder prompt(RewrittenPrompt prompt) {
        return NewNode.of(NodeKind.PROMPT, Sha256.of(Json.bytes(prompt)), prompt.rewritten())
                .fact("original", prompt.original())
                .fact("rewritten", prompt.rewritten())
                .fact("model", prompt.model())
                .fact("template-sha256", prompt.templateSha256());
    }

    static void vae(PublishedWork work, Nodes nodes) {
        VaeEvaluation evaluation = work.read(VaeEvaluation.FILE_NAME, VaeEvaluation.class);
        EvaluateVaeOrder order = work.order(EvaluateVaeOrder.class);
        List<String> clips = order.shapes().stream()
                .flatMap(shape -> shape.clips().stream())
                .map(ClipSource::clipId)
                .distinct()
                .toList();
        nodes.artifact()
                .fact("scores", new TreeMap<>(Map.of("psnr", evaluation.psnr(), "ssim", evaluation.ssim())))
                .from(EdgeRole.EVALUATES, work.inputs())
                .from(EdgeRole.INPUT, nodes.addManifest("held-out clips", clips, clips));
        order.perceptual()
                .ifPresent(network -> nodes.artifact().from(EdgeRole.INPUT, nodes.add(TrainingNodes.given(network))));
    }

    /** The card, from the evaluations that hold the videos, with the files that measured them. */
    static void benchmark(PublishedWork work, Nodes nodes) {
        BenchmarkModelOrder order = work.order(BenchmarkModelOrder.class);
        ModelBenchmark benchmark = work.read(ModelBenchmark.FILE_NAME, ModelBenchmark.class);
        TreeMap<String, Double> scores = new TreeMap<>();
        benchmark
                .dimensions()
                .forEach(measured -> scores.put(measured.dimension().label(), measured.mean()));
        benchmark.totals().total().ifPresent(total -> scores.put("total", total));
        benchmark.distance().ifPresent(distance -> scores.put("frechet-distance", distance.distance()));
        nodes.artifact()
                .fact("checkpoint", order.checkpoint())
                .fact("scores", scores)
                .from(EdgeRole.INPUT, work.inputs());
        List<String> real =
                order.real().clips().stream().map(ClipSource::clipId).toList();
        if (!real.isEmpty()) {
            nodes.artifact().from(EdgeRole.INPUT, nodes.addManifest("real videos", real, real));
        }
        Stream.concat(order.networks().values().stream(), order.real().encoder().stream())
                .distinct()
                .forEach(file -> nodes.artifact().from(EdgeRole.GIVEN_AS, given(nodes, file.sha256())));
        order.imported().stream()
                .map(BenchmarkModelOrder.ImportedScores::fileSha256)
                .distinct()
                .forEach(sha256 -> nodes.artifact().from(EdgeRole.GIVEN_AS, given(nodes, sha256)));
    }

    private static NodeKey given(Nodes nodes, String sha256) {
        return nodes.add(NewNode.of(NodeKind.GIVEN_FILE, sha256, "given/" + sha256));
    }
}
