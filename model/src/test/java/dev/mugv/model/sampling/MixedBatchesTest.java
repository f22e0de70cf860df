package dev.mugv.model.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.Batching;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ShapeCost;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.ShapeShare;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MixedBatchesTest {
    private static final VideoShape SHORT = new VideoShape(64, 64, 16, 8);
    private static final VideoShape WIDE = new VideoShape(96, 64, 16, 8);
    private static final VideoShape LONG = new VideoShape(96, 64, 32, 8);
    private static final List<ShapeCost> COSTS = List.of(
            new ShapeCost(SHORT, 0.4),
            new ShapeCost(WIDE, 0.7),
            new ShapeCost(LONG, 1.7),
            new ShapeCost(SHORT.image(), 0.1),
            new ShapeCost(WIDE.image(), 0.15));
    private static final ShapePhase PHASE =
            new ShapePhase(1, SHORT, List.of(new ShapeShare(0.3, WIDE), new ShapeShare(0.2, LONG)));

    @Test
    void everyEpochHoldsEverySampleOnceInAnOrderOfItsOwn() {
        for (long samples : new long[] {1, 2, 3, 64, 65, 1000}) {
            EpochOrder order = new EpochOrder(7, samples);
            List<List<Long>> epochs = new ArrayList<>();
            for (long epoch = 0; epoch < 3; epoch++) {
                List<Long> seen = LongStream.range(epoch * samples, (epoch + 1) * samples)
                        .map(order::sample)
                        .boxed()
                        .toList();
                assertThat(new HashSet<>(seen)).hasSize((int) samples);
                assertThat(seen).allMatch(sample -> sample >= 0 && sample < samples);
                epochs.add(seen);
            }
            if (samples >= 64) {
                assertThat(epochs.get(1)).isNotEqualTo(epochs.get(0));
                assertThat(epochs.get(0))
                        .isNotEqualTo(LongStream.range(0, samples).boxed().toList());
            }
        }
    }

    @Test
    void everyClipInEveryShapeIsShownOnceAnEpochPackedOrNot() {
        for (Batching batching :
                List.of(new Batching(Batching.Order.EPOCHS, List.of()), new Batching(Batching.Order.EPOCHS, COSTS))) {
            // 40 clips in 3 shapes: 120 samples, 20 updates of 6; another object goes on after the 8th.
            TrainingStage stage = stage(List.of(PHASE), 6, 40, 0).withBatching(batching);
            Map<String, Integer> used = new HashMap<>();
            for (long update = 1; update <= 40; update++) {
                StageDraws draws = new StageDraws(stage, clips(40), (clip, shape) -> true);
                for (int slot = 0; slot < 6; slot++) {
                    StageDraws.Draw draw = draws.draw(update, slot);
                    used.merge(draw.clipId() + draw.shape().label(), 1, Integer::sum);
                }
                if (update == 20) {
                    assertThat(used).hasSize(120);
                    assertThat(used.values()).containsOnly(1);
                }
            }
            assertThat(used.values()).containsOnly(2);
        }
    }

    @Test
    void epochsBeginWithThePhaseAndImagesAreOfTheSameClips() {
        List<ShapePhase> phases = List.of(new ShapePhase(0.5, SHORT), new ShapePhase(1, WIDE));
        TrainingStage stage = stage(phases, 4, 20, 0.5).withBatching(new Batching(Batching.Order.EPOCHS, List.of()));
        StageDraws draws = new StageDraws(stage, clips(40), (clip, shape) -> true);
        for (int from : new int[] {1, 11}) {
            HashSet<String> seen = new HashSet<>();
            int images = 0;
            for (long update = from; update < from + 10; update++) {
                for (int slot = 0; slot < 4; slot++) {
                    seen.add(draws.draw(update, slot).clipId());
                    images += draws.draw(update, slot).shape().isImage() ? 1 : 0;
                }
            }
            assertThat(seen).hasSize(40);
            // Of 40 drawn with probability one half; fewer than 8 or more than 32 once in 10,000 seeds.
            assertThat(images).isBetween(8, 32);
        }
    }

    @Test
    void shapesOfAPhaseAreDrawnByTheirShares() {
        StageDraws draws = new StageDraws(stage(List.of(PHASE), 10, 1000, 0), clips(40), (clip, shape) -> true);
        Map<VideoShape, Integer> drawn = new HashMap<>();
        for (long update = 1; update <= 1000; update++) {
            for (int slot = 0; slot < 10; slot++) {
                drawn.merge(draws.draw(update, slot).shape(), 1, Integer::sum);
            }
        }
        // Five standard deviations of a share of one half over 10,000 draws: 250.
        assertThat(drawn.get(SHORT)).isBetween(4750, 5250);
        assertThat(drawn.get(WIDE)).isBetween(2750, 3250);
        assertThat(drawn.get(LONG)).isBetween(1750, 2250);
    }

    @Test
    void packingChangesTheSlotsOfAnUpdateAloneAndRanksFinishTogether() {
        TrainingStage stage = stage(List.of(PHASE), 32, 50, 0);
        StageDraws drawn = new StageDraws(stage, clips(40), (clip, shape) -> true);
        StageDraws packed = new StageDraws(
                stage.withBatching(new Batching(Batching.Order.DRAWS, COSTS)), clips(40), (clip, shape) -> true);
        for (int ranks : new int[] {2, 4, 8}) {
            double idle = 0;
            double idleDrawn = 0;
            for (long update = 1; update <= 50; update++) {
                assertThat(slots(packed, update)).containsExactlyInAnyOrderElementsOf(slots(drawn, update));
                double[] costs = costs(slots(packed, update));
                idle += packed.idleShare(update, ranks) / 50;
                idleDrawn += BalancedSlots.idleShare(costs(slots(drawn, update)), ranks) / 50;
                assertThat(packed.idleShare(update, ranks)).isEqualTo(BalancedSlots.idleShare(costs, ranks));
            }
            // A rank of 8 has 4 samples of three costs: one more of the costliest is a third of its work, and whole
            // samples do not
            // part better than to a fraction of that; half as many ranks, half of it and less.
            assertThat(idle).isLessThan(ranks == 8 ? 0.12 : 0.03);
            assertThat(idleDrawn).isGreaterThan(3 * idle);
        }
    }

    @Test
    void anyNumberOfSamplesIsAPermutationOfSlots() {
        Random random = new Random(4);
        for (int samples = 1; samples < 40; samples++) {
            double[] costs = random.doubles(samples, 0.1, 9).toArray();
            int[] slots = BalancedSlots.of(costs);
            assertThat(Arrays.stream(slots).sorted().toArray())
                    .isEqualTo(IntStream.range(0, samples).toArray());
            assertThat(BalancedSlots.of(costs)).isEqualTo(slots);
        }
        assertThat(BalancedSlots.idleShare(new double[] {1, 1, 1, 3}, 2)).isEqualTo(1 - 3 / 4.0);
    }

    @Test
    void aShapeThatWasNotMeasuredWhereOthersWereIsRefused() {
        TrainingStage stage =
                stage(List.of(PHASE), 4, 10, 0.5).withBatching(new Batching(Batching.Order.DRAWS, COSTS.subList(0, 4)));
        assertThatThrownBy(() -> new StageDraws(stage, clips(5), (clip, shape) -> true))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("found none of 96x64x1@8.0")
                .hasMessageContaining("mugv model costs");
    }

    @Test
    void sharesThatLeaveNothingAndShapesTwiceAreRefused() {
        assertThatThrownBy(
                        () -> new ShapePhase(1, SHORT, List.of(new ShapeShare(0.5, WIDE), new ShapeShare(0.5, LONG))))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("leave some");
        assertThatThrownBy(() -> new ShapePhase(1, SHORT, List.of(new ShapeShare(0.5, SHORT))))
                .hasMessageContaining("every shape once");
        assertThatThrownBy(() ->
                        new Batching(Batching.Order.DRAWS, List.of(new ShapeCost(SHORT, 1), new ShapeCost(SHORT, 2))))
                .hasMessageContaining("found again 64x64x16@8.0");
    }

    private static List<StageDraws.Draw> slots(StageDraws draws, long update) {
        return IntStream.range(0, 32).mapToObj(slot -> draws.draw(update, slot)).toList();
    }

    private static double[] costs(List<StageDraws.Draw> slots) {
        Batching batching = new Batching(Batching.Order.DRAWS, COSTS);
        return slots.stream()
                .mapToDouble(draw -> batching.cost(draw.shape()).orElseThrow())
                .toArray();
    }

    private static List<WeightedClip> clips(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new WeightedClip("clip-" + i, 1 + i % 3))
                .toList();
    }

    private static TrainingStage stage(List<ShapePhase> phases, int batch, int updates, double imageShare) {
        return new TrainingStage(
                "mixed",
                updates,
                batch,
                phases,
                imageShare,
                imageShare,
                0.5,
                CaptionDropout.NONE,
                new OptimizerConfiguration(1e-3, 1e-4, 1, 0.9, 0.99, 1e-8, 0, 1),
                5,
                77,
                ComputePrecision.FP32);
    }
}
