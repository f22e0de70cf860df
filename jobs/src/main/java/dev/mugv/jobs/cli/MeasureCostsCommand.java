package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.format.MeasureCostsRequest;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.ToolKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mugv model costs}. */
@Command(
        name = "costs",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures on this machine what a training sample of every shape of the stages costs, and prints the table that a stage's"
                    + " 'batching' takes. With it, samples go to ranks so that they finish together. Only ratios count."
        },
        footer = {"", "Examples:", "  mugv model costs --config my.yaml", "  mugv model costs --stage full --repeats 9"
        })
final class MeasureCostsCommand implements Callable<Integer> {
    @Mixin
    private RunOptions run = new RunOptions();

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Option(
            names = "--stage",
            paramLabel = "NAME",
            description = "Only this stage (default: all that train on latents).")
    private String stage = "";

    @Option(
            names = "--repeats",
            paramLabel = "N",
            description = "Updates measured of each shape, of which the middle one counts (default: ${DEFAULT-VALUE}).")
    private int repeats = 5;

    @Override
    public Integer call() {
        if (repeats < 1) {
            throw refused("expected at least 1 repeat, found %d. Correct --repeats".formatted(repeats));
        }
        List<MeasureCostsRequest.Stage> stages = stages(
                        run.select(PathCheck.SKIPPED).configuration())
                .stream()
                .filter(each -> stage.isEmpty() || each.name().equals(stage))
                .toList();
        if (stages.isEmpty()) {
            throw refused("expected a stage that trains on latents, found none called '%s'. Correct --stage"
                    .formatted(stage));
        }
        return engine.process().run(ToolKind.MEASURE_COSTS, new MeasureCostsRequest(stages, repeats, engine.threads()));
    }

    /** Stages that train on latents, with the model that each trains. */
    private static List<MeasureCostsRequest.Stage> stages(PipelineConfiguration configuration) {
        List<MeasureCostsRequest.Stage> stages = new ArrayList<>();
        if (configuration.model().proxyWidth().isPresent()) {
            configuration.pretrain().proxy().forEach(each -> stages.add(measured(each, configuration.proxySize())));
        }
        Stream.concat(
                        configuration.pretrain().full().stream(),
                        Stream.of(configuration.finetune().stage()))
                .forEach(each -> stages.add(measured(each, configuration.fullSize())));
        return stages;
    }

    private static MeasureCostsRequest.Stage measured(TrainingStage stage, DitSize size) {
        return new MeasureCostsRequest.Stage(stage.name(), size, stage.precision(), stage.tuning(), stage.shapes());
    }

    private static WorkFailure refused(String fact) {
        return new WorkFailure(FailureKind.INVALID_REQUEST, "Cannot measure costs: %s.".formatted(fact));
    }
}
