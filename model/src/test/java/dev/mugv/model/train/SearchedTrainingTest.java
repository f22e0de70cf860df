package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.HyperParameters;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.ProxySearch;
import dev.mugv.model.config.SearchRange;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.format.ChooseTrialOrder;
import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.sampling.SearchDraws;
import dev.mugv.model.worker.task.ChooseTrialTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search from its trainings to its choice, and a training with what is carried over. */
class SearchedTrainingTest {
    private static final List<String> HELD = List.of("h0", "h1", "h2", "h3", "h4", "h5");
    private static final ValidationGrid GRID = new ValidationGrid(HELD, TinyTraining.SMALL, 2, 9);

    @TempDir
    Path folder;

    private TinyTraining tiny;

    @BeforeEach
    void makeShards() {
        tiny = new TinyTraining(folder);
        List<String> clips = new ArrayList<>(List.of("a", "b", "c"));
        clips.addAll(HELD);
        tiny.writeShard(clips, TinyTraining::latent);
    }

    @Test
    void theTrialThatIsBetterOnTheGridIsChosenAndADivergedOneIsNamed() throws IOException {
        TrainingStage stage = TinyTraining.stage(40);
        // The stated rate is of no use; the range holds one that is.
        TrainingStage stated = stage.withOptimizer(new HyperParameters(1e-6, 0.99, 0).on(stage.optimizer()));
        ProxySearch search = new ProxySearch(
                3,
                10,
                1,
                Optional.of(new SearchRange(1e-3, 4e-3, SearchRange.Scale.LOG)),
                Optional.empty(),
                Optional.empty(),
                0.95,
                List.of());
        List<HyperParameters> tried = SearchDraws.tried(search, HyperParameters.of(stated.optimizer()));
        List<ChooseTrialOrder.Trial> trials = new ArrayList<>();
        Map<ArtifactRef, Path> folders = new java.util.LinkedHashMap<>();
        for (int trial = 0; trial < 2; trial++) {
            ArtifactRef ref = TinyTraining.ref(TaskKind.TRAIN_MODEL, Integer.toString(trial));
            folders.put(
                    ref,
                    tiny.train(
                            "trial-" + trial,
                            order(TinyTraining.SIZE, search.trial(stated, tried.get(trial))),
                            Map.of()));
            trials.add(new ChooseTrialOrder.Trial(tried.get(trial), Optional.of(ref.key())));
        }
        trials.add(new ChooseTrialOrder.Trial(tried.get(2), Optional.empty()));

        RecordingTaskContext context = new RecordingTaskContext(
                Files.createDirectories(folder.resolve("choice")),
                TaskKind.CHOOSE_TRIAL,
                new ChooseTrialOrder("tiny", 10, trials, GRID, 0.95),
                List.copyOf(folders.keySet()));
        folders.forEach(context::withInput);
        new ChooseTrialTask().run(context);

        HyperParameterSearch found =
                TinyTraining.read(context.pendingOutput(), HyperParameterSearch.FILE_NAME, HyperParameterSearch.class);
        assertThat(found.chosen()).isEqualTo(1);
        assertThat(found.decided()).isTrue();
        assertThat(found.found()).isEqualTo(tried.get(1));
        assertThat(found.trials().get(1).loss().orElseThrow())
                .isEqualTo(TinyTraining.read(
                                folder.resolve("trial-1/output"), TrainingSummary.FILE_NAME, TrainingSummary.class)
                        .lastValidationLoss());
        assertThat(found.trials().get(2).loss()).isEmpty();
        assertThat(found.clips()).isEqualTo(6);
    }

    @Test
    void aRateFoundOnTheOwnWidthTrainsTheSameBitsAndOneFoundOnHalfOfItDoesNot() {
        DitSize wide = new DitSize(144, 1, 16, 8);
        String without = weights("without", wide, Optional.empty());
        assertThat(weights("own", wide, Optional.of(144))).isEqualTo(without);
        assertThat(weights("half", wide, Optional.of(72))).isNotEqualTo(without);
    }

    private String weights(String name, DitSize size, Optional<Integer> baseWidth) {
        TrainingStage stage = TinyTraining.stage(3);
        OptimizerConfiguration optimizer = HyperParameters.of(stage.optimizer()).on(stage.optimizer(), baseWidth);
        Path output = tiny.train(name, order(size, stage.withOptimizer(optimizer)), Map.of());
        return Sha256.ofFile(output.resolve("model.safetensors"));
    }

    private static TrainModelOrder order(DitSize size, TrainingStage stage) {
        return new TrainModelOrder(
                size, new TrainModelOrder.FlowMatching(stage, 0), TinyTraining.TRAINING_CLIPS, GRID, ParallelMode.FAST);
    }
}
