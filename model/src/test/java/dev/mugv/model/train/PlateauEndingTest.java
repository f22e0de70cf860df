package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.checkpoint.EventLog;
import dev.mugv.model.checkpoint.Retention;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.PlateauRule;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.PlateauLooks;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.format.ValidationLine;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings that their plateau rule ends: where, with which record, and with which bits whatever is killed. */
class PlateauEndingTest {
    private static final int UPDATES = 24;
    private static final int EVERY = 2;
    /** Asks for so much that the first look ends the stage: after the last phase has begun (12) and three validations more. */
    private static final PlateauRule GREEDY = new PlateauRule(3, 0.9, 0.9, 0);

    private static final int END = 18;

    @TempDir
    static Path folder;

    private static TinyTraining tiny;
    /** What a training that was not disturbed has published. */
    private static Path whole;

    @BeforeAll
    static void train() {
        tiny = new TinyTraining(folder);
        List<String> clips = new ArrayList<>(List.of("a", "b", "c"));
        clips.addAll(held(6));
        tiny.writeShard(clips, TinyTraining::latent);
        whole = train("whole", order(GREEDY, 6), 1);
    }

    @Test
    void theModelIsTheCheckpointOfTheValidationThatEndedTheStage() {
        Path ended = whole;
        PlateauLooks looks = TinyTraining.read(ended, PlateauLooks.FILE_NAME, PlateauLooks.class);
        assertThat(looks.looks()).hasSize(1);
        PlateauLooks.Look end = looks.end().orElseThrow();
        assertThat(end.since()).isEqualTo(12);
        assertThat(end.update()).isEqualTo(END);
        assertThat(end.high()).isBetween(end.improvement(), 0.9);
        assertThat(looks.clips()).isEqualTo(6);
        assertThat(looks.cells()).isEqualTo(24);
        List<MetricsLine> lines = MetricsLine.readAll(ended.resolve(MetricsLine.FILE_NAME));
        assertThat(lines).hasSize(END + 1);
        assertThat(lines.get(END).figure("plateau-improvement-high")).isEqualTo(end.high());
        TrainingSummary summary = TinyTraining.read(ended, TrainingSummary.FILE_NAME, TrainingSummary.class);
        assertThat(summary.updates()).isEqualTo(END);
        assertThat(summary.lastValidationLoss()).isEqualTo(end.loss());
        assertThat(summary.more())
                .containsEntry("planned-updates", (double) UPDATES)
                .containsEntry("plateau-ended", 1.0)
                .containsEntry("plateau-improvement", end.improvement());
        assertThat(TinyTraining.read(ended, ModelDescription.FILE_NAME, ModelDescription.class)
                        .updates())
                .isEqualTo(END);
        assertThat(Files.exists(folder.resolve("whole/durable/update-000000" + END)))
                .isTrue();
        TrainingEvent event =
                TrainingEvent.readAll(folder.resolve("whole/durable")).get(0);
        assertThat(event.kind()).isEqualTo(TrainingEvent.Kind.PLATEAU);
        assertThat(event.update()).isEqualTo(END);
        assertThat(event.message())
                .contains(
                        "'tiny' ended at a plateau after update 18 of at most 24",
                        "from update 12",
                        "6 clips, 24 cells");
        // Every number follows from the losses that are kept: the look is the same when it is taken again.
        PlateauWatch again = new PlateauWatch("tiny", looks.schedule(), grid(6));
        ValidationLine.readAll(ended.resolve(ValidationLine.FILE_NAME)).forEach(again::add);
        assertThat(again.looks()).isEqualTo(looks);
    }

    @Test
    void untilItEndsAStageHasTheBitsOfOneWithoutARule() {
        Path free = train("free", order(stage(), 6), 1);
        assertThat(losses(whole)).isEqualTo(losses(free).subList(0, END + 1));
        Path never = train("never", order(new PlateauRule(3, 1e-6, 0.9, 0), 6), 1);
        assertThat(weights(never)).isEqualTo(weights(free)).isNotEqualTo(weights(whole));
        PlateauLooks looks = TinyTraining.read(never, PlateauLooks.FILE_NAME, PlateauLooks.class);
        assertThat(looks.end()).isEmpty();
        assertThat(looks.looks()).extracting(PlateauLooks.Look::update).containsExactly(18L, 20L, 22L);
        assertThat(Files.exists(free.resolve(PlateauLooks.FILE_NAME))).isFalse();
    }

    /** Before the window, at its first validation, and just before the decision. */
    @ParameterizedTest
    @ValueSource(ints = {2, 12, 17})
    void aTrainingThatIsKilledAndResumedDecidesTheSameOnTheSameBits(int killedAfter) throws IOException {
        TrainModelOrder order = order(GREEDY, 6);
        RecordingTaskContext killed =
                tiny.context("killed-" + killedAfter, order, Map.of()).stopAfter(killedAfter);
        assertThatThrownBy(() -> TinyTraining.run(killed)).isInstanceOf(StopRequestedException.class);
        // Without the checkpoint of the stop it is what kill -9 leaves: losses run ahead of checkpoints, the last one
        // torn.
        delete(killed.durableFolder().resolve("update-%08d".formatted(killedAfter)));
        Files.writeString(
                killed.durableFolder().resolve(ValidationLine.FILE_NAME),
                "{\"losses\":[1.0,",
                java.nio.file.StandardOpenOption.APPEND);
        requireSame(train("killed-" + killedAfter, order, 1), whole);
    }

    @Test
    void aTrainingThatIsKilledBetweenItsDecisionAndItsPublicationStaysEnded() throws IOException {
        TrainModelOrder order = order(GREEDY, 6);
        RecordingTaskContext first = tiny.context("again", order, Map.of());
        TinyTraining.run(first);
        // What it published is gone, its checkpoint is there.
        delete(first.pendingOutput());
        RecordingTaskContext second = tiny.context("again", order, Map.of());
        TinyTraining.run(second);
        requireSame(second.pendingOutput(), whole);
        assertThat(second.progress).containsExactly((long) END, (long) END);
        // Nor does it end where the checkpoint of the decision was lost: it makes the updates again and decides again.
        delete(second.durableFolder().resolve("update-000000" + END));
        delete(second.pendingOutput());
        requireSame(train("again", order, 1), whole);
    }

    @Test
    void twoRanksDecideWhatOneDecides() {
        requireSame(train("two", order(GREEDY, 6), 2), whole);
    }

    @Test
    void withFewerClipsThanCanTellAnythingNoStageIsEnded() {
        Path few = train("few", order(GREEDY, 5), 1);
        PlateauLooks looks = TinyTraining.read(few, PlateauLooks.FILE_NAME, PlateauLooks.class);
        assertThat(looks.looks()).isEmpty();
        assertThat(looks.words()).contains("5 clips are held out, at least 6");
        assertThat(MetricsLine.readAll(few.resolve(MetricsLine.FILE_NAME))).hasSize(UPDATES + 1);
    }

    @Test
    void aCellWithoutANumberStopsTheTrainingAndIsNamed() {
        RecordingTaskContext context = tiny.context("nan", order(GREEDY, 6), Map.of());
        TrainingPlan plan = new TrainingPlan(
                        "tiny", UPDATES, 3, TinyTraining.OPTIMIZER, new Retention(2, EVERY), Map.of(), "code", Map.of())
                .judgedOn(grid(6), Optional.empty());
        try (Validations validations = new Validations(
                context, plan, lossesOf(7), Ranks.alone(), new EventLog(context, context.rank(), Clock.systemUTC()))) {
            validations.resume(-1);
            assertThatThrownBy(() -> validations.measure(0))
                    .isInstanceOfSatisfying(
                            WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.DIVERGED))
                    .hasMessageContaining("validation loss of clip held-1 at timestep 4 of 4 is NaN after update 0");
        }
    }

    /** A trainer whose losses are numbers but for one. */
    private static Trainable lossesOf(int bad) {
        return new Trainable() {
            @Override
            public ParameterSet parameters() {
                throw new IllegalStateException("not asked for");
            }

            @Override
            public BatchMeasure addGradients(long update, GradientSum sum) {
                throw new IllegalStateException("not asked for");
            }

            @Override
            public double validationLoss() {
                return Double.NaN;
            }

            @Override
            public List<Double> validationLosses() {
                List<Double> losses = new ArrayList<>(Collections.nCopies(24, 1.0));
                losses.set(bad, Double.NaN);
                return losses;
            }
        };
    }

    @Test
    void aRuleThatCouldNeverLookIsRefused() {
        assertThatThrownBy(() -> stage().endedBy(new PlateauRule(6, 0.9, 0.9, 0), EVERY))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("room for a window of 6 validations");
        assertThatThrownBy(() -> stage().endedBy(GREEDY, 0))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("found 'validate-every' 0");
    }

    private static Path train(String name, TrainModelOrder order, int ranks) {
        RecordingTaskContext context = tiny.context(name, order, Map.of()).withThreadRanks(ranks);
        TinyTraining.run(context);
        return context.pendingOutput();
    }

    private static void requireSame(Path found, Path expected) {
        assertThat(weights(found)).isEqualTo(weights(expected));
        assertThat(losses(found)).isEqualTo(losses(expected));
        for (String file : List.of(PlateauLooks.FILE_NAME, ValidationLine.FILE_NAME)) {
            assertThat(found.resolve(file)).hasSameBinaryContentAs(expected.resolve(file));
        }
    }

    private static String weights(Path output) {
        return Sha256.ofFile(output.resolve("model.safetensors"));
    }

    private static List<Double> losses(Path output) {
        return MetricsLine.readAll(output.resolve(MetricsLine.FILE_NAME)).stream()
                .map(line -> line.figure(line.update() == 0 ? MetricsLine.VALIDATION_LOSS : MetricsLine.LOSS))
                .toList();
    }

    private static TrainModelOrder order(PlateauRule rule, int clips) {
        return order(stage().endedBy(rule, EVERY), clips);
    }

    private static TrainModelOrder order(TrainingStage stage, int clips) {
        return new TrainModelOrder(
                TinyTraining.SIZE,
                new TrainModelOrder.FlowMatching(stage, 2),
                TinyTraining.TRAINING_CLIPS,
                grid(clips),
                ParallelMode.EXACT);
    }

    private static ValidationGrid grid(int clips) {
        return new ValidationGrid(held(clips), TinyTraining.SMALL, 4, 9);
    }

    private static TrainingStage stage() {
        return new TrainingStage(
                "tiny",
                UPDATES,
                3,
                List.of(new ShapePhase(0.5, TinyTraining.LONG), new ShapePhase(1, TinyTraining.SMALL)),
                0.6,
                0,
                0.5,
                CaptionDropout.NONE,
                TinyTraining.OPTIMIZER,
                EVERY,
                5,
                ComputePrecision.FP32);
    }

    private static List<String> held(int clips) {
        List<String> held = new ArrayList<>();
        for (int clip = 0; clip < clips; clip++) {
            held.add("held-" + clip);
        }
        return held;
    }

    private static void delete(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> paths = Files.walk(root)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
