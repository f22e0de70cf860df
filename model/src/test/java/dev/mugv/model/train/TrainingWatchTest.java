package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.checkpoint.EventLog;
import dev.mugv.model.checkpoint.Retention;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingWatchTest {
    private static final TrainingPlan PLAN = new TrainingPlan(
            "watched",
            10,
            2,
            new OptimizerConfiguration(0.1, 0.01, 4, 0.9, 0.999, 1e-8, 0, 1),
            new Retention(2, 5),
            Map.of(),
            "code",
            Map.of());

    private static final Rank ONE = new Rank(0, 1, 0, List.of("localhost"), Path.of("rendezvous-0"));

    @TempDir
    Path folder;

    private RecordingTaskContext context;
    private NDManager scope;
    private ParameterSet parameters;

    @BeforeEach
    void start() {
        scope = TorchRuntime.start(1).newScope();
        parameters = ParameterSet.trainable(scope, List.of(new ParameterShape("w", 3), new ParameterShape("v", 2)));
        context = new RecordingTaskContext(folder, TaskKind.TRAIN_MODEL, Map.of(), List.of());
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @Test
    void aRankWhoseNumbersAreFiniteEndsWithTheOneWhoseAreNot() {
        TrainingWatch watch = watch(others(1, 1, 0, 1));
        assertThatThrownBy(() -> watch.requireFinite(TrainingPosition.START.next(), batch(1), 1, () -> "nothing"))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.DIVERGED))
                .hasMessageContaining("rank 2 found numbers that are not finite at update 1");
    }

    @Test
    void theBlackBoxNamesTheLastUpdatesAndTheTensorsWithTheLargestGradients() throws IOException {
        TrainingWatch watch = watch(TrainingPeers.alone(ONE));
        parameters.gradient("v").put(1, Float.NaN);
        parameters.gradient("w").put(0, 3);
        for (long update = 1; update <= 70; update++) {
            TrainingPosition position = new TrainingPosition(update, update + 2, List.of());
            watch.requireFinite(position, batch(update), 1, () -> "nothing");
            watch.add(position, batch(update), applied(), Map.of("loss", 1.0 / update));
        }
        TrainingPosition last = new TrainingPosition(71, 73, List.of());
        WorkFailure failure = null;
        try {
            watch.requireFinite(last, batch(71), Double.NaN, () -> "the gradient of 'v' holds NaN at element 1");
        } catch (WorkFailure e) {
            failure = e;
            watch.failed(e, 71, parameters);
        }
        assertThat(failure).hasMessageContaining("the gradient of 'v' holds NaN at element 1");
        String content = Files.readString(folder.resolve("durable/black-box-0.json"));
        assertThat(content)
                .contains("clip-71", "clip-8\"", "\"tensor\" : \"v\"")
                .doesNotContain("clip-7\"");
        assertThat(content.indexOf("\"v\"")).isLessThan(content.indexOf("\"w\""));
        assertThat(TrainingEvent.readAll(folder.resolve("durable")))
                .singleElement()
                .satisfies(event -> assertThat(event.kind()).isEqualTo(TrainingEvent.Kind.FAILED));
    }

    @Test
    void sharesOfTimeSumToOneAndUtilisationIsStatedAgainstThePeak() {
        TrainingWatch watch = watch(TrainingPeers.alone(ONE));
        watch.begin();
        watch.split()
                .measure(
                        TimeSplit.Part.DATA,
                        () -> watch.split().measure(TimeSplit.Part.CHECKPOINT, () -> spin(2_000_000)));
        watch.requireFinite(TrainingPosition.START.next(), batch(1), 1, () -> "nothing");
        Map<String, Double> figures = new HashMap<>();
        watch.bookTime(batch(1), figures);
        double sum = 0;
        for (TimeSplit.Part part : TimeSplit.Part.values()) {
            assertThat(figures.get(part.figure())).isBetween(0.0, 1.0);
            sum += figures.get(part.figure());
        }
        // Five quotients by their own sum.
        assertThat(sum).isCloseTo(1, within(1e-12));
        assertThat(figures.get("checkpoint-share")).isPositive();
        assertThat(figures).doesNotContainKey("mfu");
    }

    @Test
    void aRankThatLagsIsNamedWithItsNode() {
        TrainingWatch watch = watch(new TrainingPeers() {
            @Override
            public Rank rank() {
                return ONE;
            }

            @Override
            public double[][] gather(double... own) {
                return new double[][] {own, {1, 2}, {1, 3.5}, {1, 2}};
            }
        });
        watch.requireFinite(TrainingPosition.START.next(), batch(1), 1, () -> "nothing");
        Map<String, Double> figures = new HashMap<>();
        watch.bookTime(batch(1), figures);
        watch.rankStragglers(5);
        assertThat(figures.get("idle-share-most")).isBetween(0.9, 1.0);
        assertThat(TrainingEvent.readAll(folder.resolve("durable")))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.kind()).isEqualTo(TrainingEvent.Kind.STRAGGLER);
                    assertThat(event.message()).contains("rank 2 on localhost 3.50 s, rank 1", "1.75 times");
                });
    }

    private static void spin(int times) {
        double sum = 0;
        for (int i = 0; i < times; i++) {
            sum += Math.sqrt(i);
        }
        assertThat(sum).isPositive();
    }

    private TrainingWatch watch(TrainingPeers peers) {
        Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        return new TrainingWatch(context, PLAN, peers, new EventLog(context, peers.rank(), clock));
    }

    private static TrainingPeers others(double... finite) {
        return new TrainingPeers() {
            @Override
            public Rank rank() {
                return ONE;
            }

            @Override
            public double[][] gather(double... own) {
                double[][] all = new double[finite.length][];
                for (int rank = 0; rank < all.length; rank++) {
                    all[rank] = rank == 0 ? own : new double[] {finite[rank], 0};
                }
                return all;
            }
        };
    }

    private static SpikeGuard.Judgement applied() {
        return new SpikeGuard.Judgement(SpikeGuard.Action.APPLY, Double.POSITIVE_INFINITY, "");
    }

    private static BatchMeasure batch(long update) {
        return new BatchMeasure(0.5, List.of("clip-" + update), 10, 100, Map.of());
    }
}
