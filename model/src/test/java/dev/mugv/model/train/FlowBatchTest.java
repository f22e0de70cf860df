package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlowBatchTest {
    private static final DitSize SIZE = new DitSize(72, 1, 4, 12);
    private static final VideoShape VIDEO = new VideoShape(32, 32, 16, 8);
    private static final int TOKENS = 6;

    private final NDManager scope = TorchRuntime.start(1).newScope();
    private DitModel model;

    @BeforeEach
    void makeModel() {
        model = DitModel.frozen(SIZE, scope);
        DitParameters.initialise(model.parameters(), 3);
    }

    @AfterEach
    void close() {
        model.close();
        scope.close();
    }

    @Test
    void holesOfACaptionAreFilledWithTheTablesRowsOfTheirPositions() {
        FloatBuffer text = gaussian("text", TOKENS * SIZE.textWidth());
        BitSet holes = new BitSet();
        holes.set(1);
        holes.set(4);
        FloatBuffer table = model.parameters().values(DitParameters.NULL_CAPTION);
        FloatBuffer filled =
                FloatBuffer.allocate(text.limit()).put(text.duplicate()).flip();
        for (int hole : new int[] {1, 4}) {
            for (int d = 0; d < SIZE.textWidth(); d++) {
                int at = hole * SIZE.textWidth() + d;
                filled.put(at, table.get(at));
            }
        }
        assertThat(loss(new ShownCaption.Perforated(text, holes)))
                .isEqualTo(loss(new ShownCaption.Whole(filled)))
                .isNotEqualTo(loss(new ShownCaption.Whole(text)));
    }

    @Test
    void aDroppedCaptionIsTheTablesFirstRowsAndNothingOfItsOwn() {
        FloatBuffer text = gaussian("text", TOKENS * SIZE.textWidth());
        FloatBuffer table = model.parameters().values(DitParameters.NULL_CAPTION);
        for (int longer : new int[] {-2, 0, 3}) {
            FloatBuffer rows = table.slice(0, (TOKENS + longer) * SIZE.textWidth());
            assertThat(loss(new ShownCaption.Dropped(text, longer))).isEqualTo(loss(new ShownCaption.Whole(rows)));
        }
    }

    @Test
    void aNullCaptionHasAtLeastOneTokenAndAtMostTheTables() {
        FloatBuffer text = gaussian("text", TOKENS * SIZE.textWidth());
        List<Integer> tokens = IntStream.of(-50, -5, -6, 6, 7, 50)
                .mapToObj(longer -> FlowBatch.of(List.of(sample(new ShownCaption.Dropped(text, longer))), SIZE, scope)
                        .target()
                        .conditions()
                        .get(0))
                .map(DitCondition::textTokens)
                .toList();
        assertThat(tokens).containsExactly(1, 1, 1, 12, 12, 12);
    }

    @Test
    void aMixedBatchWeighsItsImagesByThreeTenths() {
        FlowSample video = sample(new ShownCaption.Whole(gaussian("text", 4)));
        FlowSample image = new FlowSample(
                "image",
                VIDEO.image(),
                gaussian("image", 24 * 16),
                new ShownCaption.Whole(gaussian("text", 4)),
                0.4,
                Set.of(),
                CounterNoise.of(1, "image-noise"));
        DitModel trainable = DitModel.trainable(SIZE, ComputePrecision.FP32, Tuning.WHOLE, scope);
        DitParameters.initialise(trainable.parameters(), 3);
        FlowStep step = new FlowStep(trainable.transformer(), trainable.flow(), CaptionDropout.Table.FIXED, scope);
        double videoLoss = step.addGradients(List.of(video), new FlowStep.Share(1, 1), piece -> {})
                .loss();
        double imageLoss = step.addGradients(List.of(image), new FlowStep.Share(1, 1), piece -> {})
                .loss();
        assertThat(imageLoss).isCloseTo(0.3 * unweighted(image), within(1e-6));
        assertThat(videoLoss).isCloseTo(unweighted(video), within(1e-6));
        // Each of the four samples counts a quarter, whatever group it is computed in.
        double mixed = step.addGradients(List.of(video, image, video, video), new FlowStep.Share(4, 1), piece -> {})
                .loss();
        assertThat(mixed).isCloseTo((3 * videoLoss + imageLoss) / 4, within(1e-6));
        trainable.close();
    }

    @Test
    void theTableIsChangedOnlyWhereItIsToBeTrained() {
        DitModel trainable = DitModel.trainable(SIZE, ComputePrecision.FP32, Tuning.WHOLE, scope);
        DitParameters.initialise(trainable.parameters(), 3);
        FlowSample dropped = sample(new ShownCaption.Dropped(gaussian("text", TOKENS * SIZE.textWidth()), 0));
        FloatBuffer gradient = trainable.parameters().gradient(DitParameters.NULL_CAPTION);
        new FlowStep(trainable.transformer(), trainable.flow(), CaptionDropout.Table.FIXED, scope)
                .addGradients(List.of(dropped), new FlowStep.Share(1, 1), piece -> {});
        assertThat(Golden.floats(gradient)).containsOnly(0);
        float[] projection = Golden.floats(trainable.parameters().gradient("y_embedder.y_proj.fc1.weight"));
        assertThat(projection[0]).isNotZero();
        new FlowStep(trainable.transformer(), trainable.flow(), CaptionDropout.Table.TRAINED, scope)
                .addGradients(List.of(dropped), new FlowStep.Share(1, 1), piece -> {});
        float[] rows = Golden.floats(gradient);
        for (int i = 0; i < rows.length; i++) {
            assertThat(rows[i] != 0).isEqualTo(i < TOKENS * SIZE.textWidth());
        }
        trainable.close();
    }

    private double unweighted(FlowSample sample) {
        FlowBatch batch = FlowBatch.of(List.of(sample), SIZE, scope);
        return batch.loss(model.transformer(), model.flow(), List.of(1.0), scope)
                .sample_B()
                .toFloatArray()[0];
    }

    private float loss(ShownCaption caption) {
        FlowBatch batch = FlowBatch.of(Collections.nCopies(2, sample(caption)), SIZE, scope);
        return batch.loss(model.transformer(), model.flow(), List.of(1.0, 1.0), scope)
                .mean()
                .getFloat();
    }

    private static FlowSample sample(ShownCaption caption) {
        return new FlowSample(
                "video",
                VIDEO,
                gaussian("latent", 24 * 2 * 16),
                caption,
                0.7,
                Set.of(0),
                CounterNoise.of(1, "video-noise"));
    }

    private static FloatBuffer gaussian(String purpose, int count) {
        FloatBuffer values = FloatBuffer.allocate(count);
        CounterNoise.of(2, purpose).fillGaussian(values);
        return values;
    }
}
