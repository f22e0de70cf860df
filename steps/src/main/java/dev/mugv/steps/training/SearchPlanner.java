package dev.mugv.steps.training;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.HyperParameters;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.ProxySearch;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.format.ChooseTrialOrder;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.sampling.SearchDraws;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Plans a search of hyper-parameters: an array of short trainings of the proxy, and the choice among them. */
public final class SearchPlanner {
    private final Search search;
    private final StageCatalog stages;
    private final StageInputs inputs;
    private final TrainingClips clips;
    private final EvaluationConfiguration evaluation;
    private final ParallelMode mode;

    /** Names of the two steps. */
    public record Names(String trials, String choice) {}

    /**
     * What is searched.
     *
     * @param stage the proxy's first stage
     * @param values where values are looked for
     * @param size of the proxy
     * @param initial step whose model all trials begin with; empty for weights drawn from the stage's seed
     */
    public record Search(
            Names names, TrainingStage stage, ProxySearch values, DitSize size, Optional<String> initial) {}

    // Six parameters because each is a source of what the orders say.
    public SearchPlanner(
            Search search,
            StageCatalog stages,
            StageInputs inputs,
            TrainingClips clips,
            EvaluationConfiguration evaluation,
            ParallelMode mode) {
        this.search = search;
        this.stages = stages;
        this.inputs = inputs;
        this.clips = clips;
        this.evaluation = evaluation;
        this.mode = mode;
    }

    /** One training a trial, in the order of their numbers. */
    public List<WorkItem> trials(String run, WorkResources resources) {
        String step = search.names().trials();
        List<ArtifactRef> refs = new ArrayList<>();
        search.initial().ifPresent(initial -> refs.add(inputs.single(initial, step)));
        refs.addAll(inputs.all(EncodeLatentsPlanner.STEP, step));
        List<WorkItem> items = new ArrayList<>();
        for (HyperParameters values : tried()) {
            TrainModelOrder order = new TrainModelOrder(
                    search.size(),
                    new TrainModelOrder.FlowMatching(search.values().trial(search.stage(), values), 0),
                    clips.pretraining(),
                    grid(step),
                    mode);
            items.add(new WorkItem(label(items.size()), TaskKind.TRAIN_MODEL, Json.tree(order), refs, resources));
        }
        stages.retain(run, step, items.stream().map(WorkItem::label).toList());
        return items;
    }

    /** The choice among the trials that have come to their end. */
    public List<WorkItem> choice(String run, WorkResources resources) {
        String step = search.names().choice();
        // Refuses where no trial is known.
        List<ArtifactRef> refs = inputs.all(search.names().trials(), step);
        Map<String, String> keys = stages.artifacts(run, search.names().trials()).stream()
                .collect(Collectors.toMap(
                        StageArtifact::label, artifact -> artifact.ref().key()));
        List<ChooseTrialOrder.Trial> trials = new ArrayList<>();
        for (HyperParameters values : tried()) {
            trials.add(new ChooseTrialOrder.Trial(values, Optional.ofNullable(keys.get(label(trials.size())))));
        }
        ChooseTrialOrder order = new ChooseTrialOrder(
                search.stage().name(),
                search.values().updates(),
                trials,
                grid(step),
                search.values().confidence());
        return List.of(new WorkItem(step, TaskKind.CHOOSE_TRIAL, Json.tree(order), refs, resources));
    }

    private List<HyperParameters> tried() {
        return SearchDraws.tried(
                search.values(), HyperParameters.of(search.stage().optimizer()));
    }

    private ValidationGrid grid(String step) {
        List<ShapePhase> phases = search.stage().phases();
        return clips.validationGrid(step, phases.get(phases.size() - 1).shape(), evaluation);
    }

    static String label(int trial) {
        return "trial-" + trial;
    }
}
