package dev.mugv.steps.provenance;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.OutputManifest;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Records what published artifacts are and were made from. An artifact that is in the graph stays as it is: its identity is its
 * manifest, which holds the hashes of its files and of its inputs.
 */
public final class ArtifactLineage {
    private final LineageGraph graph;
    private final LineageReader reader;
    private final Makers makers;
    private final RunFacts run;
    private final DataNodes data;
    private final TrainingNodes trainings;

    /**
     * The run whose work is recorded.
     *
     * @param name of the run
     * @param workspace where its work orders are
     * @param configuration canonical JSON of its configuration
     */
    public record RunFacts(String name, Path workspace, String configuration) {
        NewNode configurationNode() {
            return NewNode.ofDocument(NodeKind.CONFIGURATION, configuration, name)
                    .build();
        }
    }

    public ArtifactLineage(JdbcClient jdbc, ArtifactStore store, RunFacts run) {
        this.graph = new LineageGraph(jdbc);
        this.reader = new LineageReader(jdbc);
        this.makers = new Makers(jdbc);
        this.run = run;
        this.data = new DataNodes(run.name(), new VideoCatalog(jdbc), new DecisionCatalog(jdbc));
        this.trainings = new TrainingNodes(reader, store, makers);
    }

    /** Records an artifact with everything that it stands for; to be called in a transaction, safe to repeat. */
    void record(PublishedWork work) {
        if (reader.find(work.key()).isPresent()) {
            graph.name(work.key(), names(work));
            return;
        }
        requireInputs(work);
        Optional<NodeKey> maker = makers.of(work.ref());
        OutputManifest manifest = work.manifest();
        List<NewNode> nodes = new ArrayList<>();
        NewNode configuration = run.configurationNode();
        NewNode code = NewNode.of(
                        NodeKind.CODE_VERSION,
                        manifest.codeVersion(),
                        "code of " + work.ref().task().label())
                .build();
        nodes.add(configuration);
        nodes.add(code);
        NewNode.Builder artifact = artifact(work, manifest)
                .madeBy(maker)
                .from(EdgeRole.CONFIGURED_BY, configuration.key())
                .from(EdgeRole.CODE, code.key())
                .from(EdgeRole.RESUMED_FROM, makers.earlier(work.ref(), maker));
        Nodes all = new Nodes(nodes, artifact, maker);
        switch (work.ref().task()) {
            case CURATE_VIDEO -> data.curation(work, all);
            case COMPARE_CLIPS, RANK_CHECK, LEAVE_WITNESS -> artifact.from(EdgeRole.INPUT, work.inputs());
            case CHECK_FILTERS -> data.filterChecks(work, all);
            case CAPTION_CLIPS -> data.captions(work, all);
            case ENCODE_LATENTS -> data.latents(work, all);
            case IMPORT_LATENTS -> DataNodes.importedLatents(work, all);
            case GENERATE_PREFERENCES, REVERSE_SAMPLE -> data.samples(work, all);
            case REWRITE_PROMPTS -> EvaluationNodes.prompts(work, all);
            case EVALUATE_MODEL -> EvaluationNodes.model(work, all);
            case EVALUATE_VAE -> EvaluationNodes.vae(work, all);
            case BENCHMARK_MODEL -> EvaluationNodes.benchmark(work, all);
            case TRAIN_VAE -> trainings.vae(work, all);
            case IMPORT_VAE, IMPORT_MODEL -> TrainingNodes.imported(work, all);
            case TRAIN_MODEL -> trainings.model(work, all);
            case EXPAND_WIDTH -> artifact.from(EdgeRole.INITIAL, work.inputs()).fact("order", work.parameters());
            case CHOOSE_TRIAL -> EvaluationNodes.search(work, all);
            case MERGE_CHECKPOINTS -> trainings.merge(work, all);
        }
        nodes.add(artifact.build());
        graph.record(nodes);
    }

    private NewNode.Builder artifact(PublishedWork work, OutputManifest manifest) {
        return NewNode.of(work.key().kind(), work.key().identity(), run.name() + "/" + work.path())
                .names(names(work))
                .fact("task", work.ref().task().label())
                .fact("artifact-key", work.ref().key())
                .fact("code-version", manifest.codeVersion())
                .fact("step", work.step())
                .fact("threads", work.threads())
                .fact("ranks", work.ranks())
                .fact("device", makers.device(run.workspace(), work.ref()))
                .fact("files", new TreeMap<>(manifest.files()));
    }

    private List<String> names(PublishedWork work) {
        return List.of(work.ref().key(), work.path(), run.name() + "/" + work.path());
    }

    /** Work that was done before there was a graph is recorded when its step looks at it again. */
    private void requireInputs(PublishedWork work) {
        for (ArtifactRef input : work.manifest().inputs()) {
            if (reader.find(PublishedWork.key(input)).isEmpty()) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        ("Cannot record the lineage of '%s': its input %s %s was made before lineage was kept. Give"
                                        + " 'mugv run' without --job once, which finds it up to date and records it.")
                                .formatted(
                                        work.path(),
                                        input.task().label(),
                                        input.key().substring(0, 16)));
            }
        }
    }
}
