package dev.mugv.model.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.collective.ThreadRanks;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientSumTest {
    // Odd sizes, one larger than a bucket, one smaller than a block.
    private static final List<ParameterShape> SHAPES = List.of(
            new ParameterShape("start", 5),
            new ParameterShape("blocks.0.weight", 73, 41),
            new ParameterShape("blocks.1.weight", 90, 70),
            new ParameterShape("final_layer.weight", 1023));
    private static final int SAMPLES = 5;
    private static final int BUCKET = 2000;

    /** What one rank ends with: norm, the sum as gathered from all slices, and which elements were its own. */
    private record Outcome(double norm, List<Float> sum, List<OwnedRange> owned) {}

    private static Map<Integer, Outcome> run(int ranks) throws Exception {
        Map<Integer, Outcome> outcomes = Collections.synchronizedMap(new TreeMap<>());
        ThreadRanks.run(ranks, Duration.ofSeconds(60), world -> {
            try (NDManager scope = TorchRuntime.start(1).newScope();
                    ParameterSet parameters = ParameterSet.trainable(scope, SHAPES)) {
                GradientSum sum = new GradientSum(
                        parameters, new Ranks(world, ParallelMode.EXACT), FlatBucket.of(parameters, BUCKET));
                addAll(parameters, sum);
                for (OwnedRange range : sum.owned()) {
                    String name = range.parameter().name();
                    int first = (int) range.first();
                    parameters.values(name).put(first, parameters.gradient(name), first, (int) range.count());
                }
                double norm = sum.norm();
                sum.gatherWeights();
                outcomes.put(world.rank(), new Outcome(norm, values(parameters), sum.owned()));
            }
        });
        return outcomes;
    }

    private static void addAll(ParameterSet parameters, GradientSum sum) {
        for (List<Integer> part : sum.parts(SAMPLES)) {
            sum.begin();
            addGradients(parameters, part.get(0));
            if (sum.isLast()) {
                List.of("final_layer.", "blocks.1.", "blocks.0.").forEach(sum::complete);
            }
            sum.end();
        }
        sum.finish();
    }

    private static void addGradients(ParameterSet parameters, int sample) {
        for (ParameterShape shape : SHAPES) {
            FloatBuffer gradient = parameters.gradient(shape.name());
            CounterNoise noise = CounterNoise.of(1, shape.name(), sample);
            for (int i = 0; i < gradient.limit(); i++) {
                gradient.put(i, gradient.get(i) + (float) (noise.gaussian(i) * Math.pow(10, sample)));
            }
        }
    }

    private static List<Float> values(ParameterSet parameters) {
        List<Float> values = new ArrayList<>();
        for (ParameterShape shape : SHAPES) {
            FloatBuffer all = parameters.values(shape.name());
            for (int i = 0; i < all.limit(); i++) {
                values.add(all.get(i));
            }
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void everyRankEndsWithTheSumAndTheNormOfOne(int ranks) throws Exception {
        Outcome one = run(1).get(0);
        assertThat(one.norm()).isGreaterThan(0);
        Map<Integer, Outcome> several = run(ranks);
        assertThat(several).hasSize(ranks);
        several.values().forEach(each -> {
            assertThat(each.sum()).isEqualTo(one.sum());
            assertThat(each.norm()).isEqualTo(one.norm());
        });
    }

    @Test
    void everyElementIsOneRanksOwn() throws Exception {
        Map<String, Long> counts = new TreeMap<>();
        List<OwnedRange> all = new ArrayList<>();
        run(4).values().forEach(each -> all.addAll(each.owned()));
        all.forEach(range -> counts.merge(range.parameter().name(), range.count(), Long::sum));
        assertThat(counts)
                .isEqualTo(new TreeMap<>(Map.of(
                        "start", 5L, "blocks.0.weight", 2993L, "blocks.1.weight", 6300L, "final_layer.weight", 1023L)));
        assertThat(all).doesNotHaveDuplicates().hasSizeGreaterThan(4);
    }

    @Test
    void ranksThatDifferAllSayInWhat() {
        assertThatThrownBy(() -> ThreadRanks.run(3, Duration.ofSeconds(60), world -> {
                    Ranks ranks = new Ranks(world, ParallelMode.FAST);
                    ranks.requireSame(new TreeMap<>(Map.of("code", world.rank() == 2 ? "c2" : "c1", "threads", "1")));
                }))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("code (rank 0: 'c1') is another on rank 2");
    }
}
