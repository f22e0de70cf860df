package dev.mugv.jobs.batch;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.HyperParameters;
import dev.mugv.model.config.ModelConfiguration;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.ProxySearch;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ExpandWidthOrder;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.training.FoundValues;
import dev.mugv.steps.training.ImportModelPlanner;
import dev.mugv.steps.training.SearchPlanner;
import dev.mugv.steps.training.SearchRecorder;
import dev.mugv.steps.training.SingleInputPlanner;
import dev.mugv.steps.training.StageRecorder;
import dev.mugv.steps.training.TrainModelPlanner;
import dev.mugv.steps.training.TrialRecorder;
import dev.mugv.steps.work.Tolerance;
import dev.mugv.steps.work.WorkPlanner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Job {@code pretrain}: given weights, if any, the proxy's stages, the width expansion, the full model's stages. */
@Configuration(proxyBeanMethods = false)
class PretrainJobConfiguration {
    static final String JOB = "pretrain";

    @Bean
    StepSequence pretrainingSteps(PipelineConfiguration configuration, PipelineCatalogs catalogs, StepFactory steps) {
        List<Step> sequence = new ArrayList<>();
        Optional<String> initial = Optional.empty();
        Optional<Path> weights = configuration.model().weights();
        if (weights.isPresent()) {
            sequence.add(imported(weights.get(), configuration, catalogs, steps));
            initial = Optional.of(StageNames.IMPORT_MODEL);
        }
        Optional<ProxySearch> search = configuration.pretrain().search();
        if (search.isPresent()) {
            sequence.addAll(searched(search.get(), initial, configuration, catalogs, steps));
        }
        for (TrainingStage stage : configuration.pretrain().proxy()) {
            sequence.add(trained(stage, configuration.proxySize(), initial, configuration, catalogs, steps));
            initial = Optional.of(StageNames.pretrain(stage));
        }
        if (!configuration.pretrain().proxy().isEmpty()) {
            sequence.add(widened(initial.orElseThrow(), configuration.model(), catalogs, steps));
            initial = Optional.of(StageNames.EXPAND_WIDTH);
        }
        for (TrainingStage stage : configuration.pretrain().full()) {
            sequence.add(trained(stage, configuration.fullSize(), initial, configuration, catalogs, steps));
            initial = Optional.of(StageNames.pretrain(stage));
        }
        return new StepSequence(JOB, sequence);
    }

    private static Step imported(
            Path weights, PipelineConfiguration configuration, PipelineCatalogs catalogs, StepFactory steps) {
        // Of the proxy's size where there is one: proxySize() is the full one otherwise.
        WorkPlanner planner =
                new ImportModelPlanner(weights, configuration.proxySize(), catalogs.links(), catalogs.training());
        return steps.work(StageNames.IMPORT_MODEL, planner, recorder(StageNames.IMPORT_MODEL, catalogs));
    }

    /** The trials, all from what the proxy's first stage begins with, and the choice among them. */
    private static List<Step> searched(
            ProxySearch search,
            Optional<String> initial,
            PipelineConfiguration configuration,
            PipelineCatalogs catalogs,
            StepFactory steps) {
        TrainingStage stage = configuration.pretrain().proxy().get(0);
        SearchPlanner planner = new SearchPlanner(
                new SearchPlanner.Search(
                        new SearchPlanner.Names(StageNames.SEARCH_PROXY, StageNames.CHOOSE_TRIAL),
                        stage,
                        search,
                        configuration.proxySize(),
                        initial),
                catalogs.stages(),
                catalogs.inputs(),
                catalogs.trainingClips(),
                configuration.evaluate(),
                configuration.parallel().mode());
        return List.of(
                steps.work(
                        StageNames.SEARCH_PROXY,
                        () -> planner.trials(catalogs.run(), catalogs.arrayElement()),
                        new TrialRecorder(catalogs.stages(), catalogs.run(), StageNames.SEARCH_PROXY),
                        Tolerance.DIVERGED),
                steps.work(
                        StageNames.CHOOSE_TRIAL,
                        () -> planner.choice(catalogs.run(), catalogs.arrayElement()),
                        new SearchRecorder(catalogs.stages(), catalogs.run(), StageNames.CHOOSE_TRIAL)));
    }

    /** The stage with what the search found, if it takes that: the proxy's first one, and those it is carried to. */
    private static TrainingStage withFound(
            TrainingStage stage, PipelineConfiguration configuration, PipelineCatalogs catalogs) {
        if (!takesFound(stage, configuration)) {
            return stage;
        }
        HyperParameters found = new FoundValues(catalogs.inputs(), catalogs.store())
                .of(StageNames.CHOOSE_TRIAL, StageNames.pretrain(stage));
        boolean wide = configuration.pretrain().full().contains(stage);
        return stage.withOptimizer(
                wide ? found.on(stage.optimizer(), configuration.model().proxyWidth()) : found.on(stage.optimizer()));
    }

    private static boolean takesFound(TrainingStage stage, PipelineConfiguration configuration) {
        return configuration
                .pretrain()
                .search()
                .map(search -> stage.equals(configuration.pretrain().proxy().get(0))
                        || search.carriedTo().contains(stage.name()))
                .orElse(false);
    }

    private static Step widened(
            String initial, ModelConfiguration model, PipelineCatalogs catalogs, StepFactory steps) {
        ExpandWidthOrder expansion = new ExpandWidthOrder(
                model.expansionFactor(), new ExpandWidthOrder.CancellingNoise(model.expansionSnrDb()), model.seed());
        WorkPlanner planner = new SingleInputPlanner(
                StageNames.EXPAND_WIDTH,
                TaskKind.EXPAND_WIDTH,
                expansion,
                initial,
                catalogs.inputs(),
                catalogs.training());
        return steps.work(StageNames.EXPAND_WIDTH, planner, recorder(StageNames.EXPAND_WIDTH, catalogs));
    }

    // Six parameters: three name the stage, three are the surroundings that every step of this class shares.
    private static Step trained(
            TrainingStage stage,
            DitSize size,
            Optional<String> initial,
            PipelineConfiguration configuration,
            PipelineCatalogs catalogs,
            StepFactory steps) {
        String step = StageNames.pretrain(stage);
        WorkPlanner planner = new TrainModelPlanner(
                new TrainModelPlanner.Stage(
                        step,
                        size,
                        () -> new TrainModelOrder.FlowMatching(withFound(stage, configuration, catalogs), 0),
                        lastShape(stage),
                        initial,
                        takesFound(stage, configuration) ? List.of(StageNames.CHOOSE_TRIAL) : List.of(),
                        () -> catalogs.trainingClips().pretraining()),
                catalogs.inputs(),
                catalogs.trainingClips(),
                configuration.evaluate(),
                catalogs.training(),
                configuration.parallel().mode());
        return steps.work(step, planner, recorder(step, catalogs));
    }

    static StageRecorder recorder(String step, PipelineCatalogs catalogs) {
        return new StageRecorder(catalogs.stages(), catalogs.run(), step);
    }

    /** What the stage ends with is what it is validated on. */
    static VideoShape lastShape(TrainingStage stage) {
        List<ShapePhase> phases = stage.phases();
        return phases.get(phases.size() - 1).shape();
    }

    @Bean
    Job pretrain(StepSequence pretrainingSteps, JobRepository repository) {
        return pretrainingSteps.build(repository);
    }
}
