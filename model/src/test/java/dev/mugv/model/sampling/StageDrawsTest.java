package dev.mugv.model.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StageDrawsTest {
    private static final VideoShape SHORT = new VideoShape(64, 64, 16, 8);
    private static final VideoShape LONG = new VideoShape(64, 64, 32, 8);
    private static final OptimizerConfiguration OPTIMIZER =
            new OptimizerConfiguration(1e-3, 1e-4, 1, 0.9, 0.99, 1e-8, 0, 1);

    private static final String EXPECTED = """
            clip-4 64x64x16@8.0 GIVEN
            clip-2 64x64x16@8.0 MADE
            clip-3 64x64x1@8.0 MADE
            clip-4 64x64x16@8.0 MADE
            clip-3 64x64x16@8.0 GIVEN
            clip-3 64x64x1@8.0 MADE
            clip-4 64x64x1@8.0 MADE
            clip-2 64x64x32@8.0 GIVEN
            clip-2 64x64x32@8.0 MADE
            clip-3 64x64x32@8.0 GIVEN
            clip-4 64x64x32@8.0 MADE
            clip-3 64x64x1@8.0 MADE""";

    /** These draws are facts about checkpoints that were made: a change of the function would falsify their lineage. */
    @Test
    void theDrawsOfAStageStayWhatTheyHaveAlwaysBeen() {
        StageDraws draws = new StageDraws(stage(), clips(5), (clip, shape) -> true);
        List<String> drawn = new ArrayList<>();
        for (long update : new long[] {1, 2, 9, 10}) {
            for (int slot = 0; slot < 3; slot++) {
                StageDraws.Draw draw = draws.draw(update, slot);
                drawn.add("%s %s %s".formatted(draw.clipId(), draw.shape().label(), draw.firstFrame()));
            }
        }
        assertThat(String.join("\n", drawn)).isEqualTo(EXPECTED);
    }

    @Test
    void clipsThatWereNotEncodedAtAShapeAreNotDrawnAtIt() {
        StageDraws draws =
                new StageDraws(stage(), clips(5), (clip, shape) -> shape.isImage() || !clip.equals("clip-4"));
        for (long update = 1; update <= 10; update++) {
            for (int slot = 0; slot < 50; slot++) {
                StageDraws.Draw draw = draws.draw(update, slot);
                assertThat(draw.shape().isImage() || !draw.clipId().equals("clip-4"))
                        .isTrue();
            }
        }
        assertThatThrownBy(() -> new StageDraws(stage(), clips(5), (clip, shape) -> shape.equals(SHORT)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected clips with latents of shape");
    }

    @Test
    void aClipIsDrawnByItsShareOfTheWeights() {
        List<WeightedClip> clips = clips(300);
        ClipOrder order = new ClipOrder(9, clips);
        for (int slot = 0; slot < 2000; slot++) {
            assertThat(order.clip(3, slot)).isEqualTo(byScanning(9, clips, 3, slot));
        }
    }

    /** The plain way: add weights until the drawn share is passed. */
    private static String byScanning(long seed, List<WeightedClip> clips, long update, int slot) {
        double sum = clips.stream().mapToDouble(WeightedClip::weight).reduce(0, Double::sum);
        double drawn = CounterNoise.of(seed, "clip-order", update, slot).uniform(0) * sum;
        double upTo = 0;
        for (WeightedClip clip : clips) {
            upTo += clip.weight();
            if (upTo > drawn) {
                return clip.clipId();
            }
        }
        return clips.get(clips.size() - 1).clipId();
    }

    private static List<WeightedClip> clips(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new WeightedClip("clip-" + i, 0.5 + i % 7))
                .toList();
    }

    private static TrainingStage stage() {
        return new TrainingStage(
                "drawn",
                10,
                3,
                List.of(new ShapePhase(0.5, SHORT), new ShapePhase(1, LONG)),
                0.6,
                0.2,
                0.5,
                CaptionDropout.NONE,
                OPTIMIZER,
                5,
                77,
                ComputePrecision.FP32);
    }
}
