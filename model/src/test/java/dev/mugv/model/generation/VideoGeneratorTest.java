package dev.mugv.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.generation.GenerationRequest.PromptFeatures;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.vae.FrameTensors;
import dev.mugv.model.vae.VideoVae;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VideoGeneratorTest {
    private static final DitSize SIZE = new DitSize(72, 1, 8, 9);
    private static final int LATENTS = 4;
    private static final VideoShape SHAPE = new VideoShape(32, 16, 8 * LATENTS, 8);

    private final NDManager scope = TorchRuntime.start(1).newScope();
    private ParameterSet parameters;
    private DiffusionTransformer model;
    private VideoVae vae;
    private VideoGenerator generator;

    @BeforeEach
    void makeNets() {
        parameters = ParameterSet.frozen(scope, DitParameters.shapes(SIZE));
        DitParameters.initialise(parameters, 2);
        model = new DiffusionTransformer(SIZE, parameters);
        vae = VideoVae.untrained(scope, new VaeSize(List.of(32, 32, 32, 32), 32, 1), 5);
        generator = new VideoGenerator(model, vae, new SamplerConfiguration(2, 3, "", 1));
    }

    @AfterEach
    void close() {
        generator.close();
        vae.close();
        model.close();
        parameters.close();
        scope.close();
    }

    @Test
    void fromTextAloneEveryLatentIsMade() {
        GeneratedVideo video = generator.generate(request(List.of()), scope);
        assertThat(video.frames()).hasSize(8 * LATENTS);
        assertThat(video.frames().get(9).index()).isEqualTo(9);
        assertThat(video.frames().get(9).seconds()).isEqualTo(9 / 8.0);
        assertThat(pixels(video, 0, 8 * LATENTS)).isEqualTo(decoded(video, 0, LATENTS));
    }

    @Test
    void aFirstPictureStandsBeforeWhatIsMadeOfTheLatentsBehindIt() {
        GivenFrames first = new GivenFrames.Still(0, picture(40));
        GeneratedVideo video = generator.generate(request(List.of(first)), scope);
        assertThat(video.frames()).hasSize(1 + 8 * (LATENTS - 1));
        assertThat(video.frames().get(0).pixels()).isEqualTo(picture(40).pixels());
        assertThat(pixels(video, 1, video.frames().size())).isEqualTo(decoded(video, 1, LATENTS));
        requireLatents(video, 0, 1, standingStill(picture(40)));
    }

    @Test
    void firstAndLastPicturesStandAtBothEnds() {
        List<GivenFrames> given =
                List.of(new GivenFrames.Still(LATENTS - 1, picture(200)), new GivenFrames.Still(0, picture(40)));
        GeneratedVideo video = generator.generate(request(given), scope);
        int frames = 2 + 8 * (LATENTS - 2);
        assertThat(video.frames()).hasSize(frames);
        assertThat(video.frames().get(0).pixels()).isEqualTo(picture(40).pixels());
        assertThat(video.frames().get(frames - 1).pixels())
                .isEqualTo(picture(200).pixels());
        assertThat(video.frames().get(frames - 1).index()).isEqualTo(frames - 1);
        assertThat(pixels(video, 1, frames - 1)).isEqualTo(decoded(video, 1, LATENTS - 1));
        requireLatents(video, LATENTS - 1, 1, standingStill(picture(200)));
    }

    @Test
    void aClipIsContinuedFromItsLastLatents() {
        List<RgbFrame> clip = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            clip.add(picture(10 * i).at(i, i / 8.0));
        }
        GeneratedVideo video = generator.generate(request(List.of(new GivenFrames.Moving(0, clip))), scope);
        assertThat(video.frames()).hasSize(8 * LATENTS);
        for (int i = 0; i < 16; i++) {
            assertThat(video.frames().get(i).pixels()).isEqualTo(clip.get(i).pixels());
        }
        assertThat(pixels(video, 16, 32)).isEqualTo(decoded(video, 2, LATENTS));
        requireLatents(video, 0, 2, clip);
    }

    @Test
    void aPictureInTheMiddlePartsWhatIsDecodedTogether() {
        GeneratedVideo video = generator.generate(request(List.of(new GivenFrames.Still(1, picture(90)))), scope);
        assertThat(video.frames()).hasSize(8 + 1 + 16);
        assertThat(pixels(video, 0, 8)).isEqualTo(decoded(video, 0, 1));
        assertThat(video.frames().get(8).pixels()).isEqualTo(picture(90).pixels());
        assertThat(pixels(video, 9, 25)).isEqualTo(decoded(video, 2, LATENTS));
    }

    @Test
    void aPlaceInALongerVideoChangesWhatIsMade() {
        List<GivenFrames> given = List.of(new GivenFrames.Still(0, picture(40)));
        GenerationRequest own = request(given);
        GenerationRequest placed = new GenerationRequest(
                "placed", SHAPE, given, own.prompt(), own.noise(), DitCondition.within(6, LATENTS, 20));
        assertThat(placed.frameIndices()).containsExactly(0, 7, 8, 9, 10, 21);
        assertThat(generator.generate(placed, scope).latent_BCFHW().toFloatArray())
                .isNotEqualTo(generator.generate(own, scope).latent_BCFHW().toFloatArray());
        assertThat(DitCondition.within(0, LATENTS, LATENTS)).isEqualTo(DitCondition.consecutive(LATENTS));
        assertThatThrownBy(() -> DitCondition.within(17, LATENTS, 20)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void equalRequestsMakeEqualVideosAndLeaveNothingBehind() {
        List<GivenFrames> given = List.of(new GivenFrames.Still(0, picture(40)));
        GenerationRequest request = request(given);
        GeneratedVideo first = generator.generate(request, scope);
        int arrays = scope.getManagedArrays().size();
        GeneratedVideo second = generator.generate(request, scope);
        assertThat(scope.getManagedArrays()).hasSize(arrays + 1);
        assertThat(pixels(second, 0, 25)).isEqualTo(pixels(first, 0, 25));
    }

    @Test
    void whatCannotBeGivenIsRefused() {
        GivenFrames still = new GivenFrames.Still(1, picture(0));
        assertThatThrownBy(() -> request(List.of(still, new GivenFrames.Still(1, picture(9)))))
                .hasMessageContaining("given twice");
        assertThatThrownBy(() -> request(List.of(new GivenFrames.Still(LATENTS, picture(0)))))
                .hasMessageContaining("outside of 4");
        assertThatThrownBy(() ->
                        request(List.of(new GivenFrames.Moving(0, java.util.Collections.nCopies(32, picture(0))))))
                .hasMessageContaining("all of the 4");
        assertThatThrownBy(() -> new GivenFrames.Moving(0, List.of(picture(0)))).hasMessageContaining("multiple of 8");
        RgbFrame small = new RgbFrame(0, 0, 16, 16, new byte[3 * 256]);
        assertThatThrownBy(() -> request(List.of(new GivenFrames.Still(0, small))))
                .hasMessageContaining("32x16");
    }

    @Test
    void latentsThatAreNoNumbersEndTheWork() {
        parameters.values("final_layer.linear.bias").put(3, Float.NaN);
        assertThatThrownBy(() -> generator.generate(request(List.of()), scope))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("Cannot generate 'test'");
    }

    private GenerationRequest request(List<GivenFrames> given) {
        return new GenerationRequest(
                "test",
                SHAPE,
                given,
                new PromptFeatures(text("caption", 4), text("negative", 2)),
                CounterNoise.of(1, "start"));
    }

    private NDArray text(String purpose, int tokens) {
        float[] values = new float[tokens * SIZE.textWidth()];
        CounterNoise.of(3, purpose).fillGaussian(values);
        return EngineMemory.array(scope, new Shape(tokens, SIZE.textWidth()), values);
    }

    /** The sample's latents in these places are those of these frames alone, to the rounding of another batch size. */
    private void requireLatents(GeneratedVideo video, int from, int count, List<RgbFrame> frames) {
        float[] expected = vae.encodeMean(scope, FrameTensors.source(frames)).toFloatArray();
        float[] found =
                video.latent_BCFHW().get(":,:," + from + ":" + (from + count)).toFloatArray();
        Golden.requireClose("given latents", found, expected, Golden.OUTPUT);
    }

    private static List<RgbFrame> standingStill(RgbFrame picture) {
        return java.util.Collections.nCopies(8, picture);
    }

    private List<List<Byte>> decoded(GeneratedVideo video, int from, int to) {
        NDArray latents = video.latent_BCFHW().get(":,:," + from + ":" + to);
        return vae.decodePictures(latents, 8 * (to - from), SHAPE.fps()).stream()
                .map(VideoGeneratorTest::bytes)
                .toList();
    }

    private static List<List<Byte>> pixels(GeneratedVideo video, int from, int to) {
        return video.frames().subList(from, to).stream()
                .map(VideoGeneratorTest::bytes)
                .toList();
    }

    private static List<Byte> bytes(RgbFrame frame) {
        List<Byte> bytes = new ArrayList<>();
        for (byte value : frame.pixels()) {
            bytes.add(value);
        }
        return bytes;
    }

    private static RgbFrame picture(int level) {
        byte[] pixels = new byte[3 * SHAPE.width() * SHAPE.height()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (level + i % 7);
        }
        return new RgbFrame(0, 0, SHAPE.width(), SHAPE.height(), pixels);
    }
}
