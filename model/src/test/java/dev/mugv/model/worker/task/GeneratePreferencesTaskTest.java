package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.format.GeneratePreferencesOrder;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.format.PreferenceSamples.Sample;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.tensor.SafetensorsFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratePreferencesTaskTest {
    @TempDir
    private Path folder;

    private TinyPipeline pipeline;

    @BeforeEach
    void prepare() throws Exception {
        pipeline = TinyPipeline.create(folder);
        GeneratePreferencesOrder order = new GeneratePreferencesOrder(
                pipeline.settings(), 2, List.of(pipeline.textToVideo(), pipeline.imageToVideo()));
        new GeneratePreferencesTask().run(pipeline.context("one", TaskKind.GENERATE_PREFERENCES, order));
    }

    @Test
    void makesSamplesThatDifferInNothingButTheirNoise() {
        List<Sample> samples = samples();

        assertThat(samples)
                .extracting(Sample::sampleId)
                .containsExactly(
                        pipeline.clipId() + "-t2v-0",
                        pipeline.clipId() + "-t2v-1",
                        pipeline.clipId() + "-i2v-0",
                        pipeline.clipId() + "-i2v-1");
        assertThat(samples).extracting(Sample::seed).containsExactly(100L, 101L, 100L, 101L);
        assertThat(samples).extracting(Sample::conditionedFrames).containsExactly(0, 0, 1, 1);
        assertThat(samples).extracting(Sample::clipId).containsOnly(pipeline.clipId());
        assertThat(samples)
                .allSatisfy(s -> assertThat(folder.resolve("one/output").resolve("videos/" + s.sampleId() + ".mp4"))
                        .isNotEmptyFile());
        assertThat(latent(samples.get(0))).isNotEqualTo(latent(samples.get(1)));
        assertThat(latent(samples.get(0))).isNotEqualTo(latent(samples.get(2)));
    }

    @Test
    void keepsTheGivenFrameInTheLatentsOfImageToVideo() {
        float[] one = latent(samples().get(2));
        float[] other = latent(samples().get(3));

        // [C, F, H, W] with 24 channels, 2 frames of 4x4.
        for (int channel = 0; channel < 24; channel++) {
            for (int i = 0; i < 16; i++) {
                assertThat(one[channel * 32 + i]).isEqualTo(other[channel * 32 + i]);
            }
        }
        try (SafetensorsFile file = tensors()) {
            assertThat(file.shape(samples().get(2).tensor())).isEqualTo(new Shape(24, 2, 4, 4));
        }
    }

    private List<Sample> samples() {
        return Json.read(folder.resolve("one/output").resolve(PreferenceSamples.FILE_NAME), PreferenceSamples.class)
                .samples();
    }

    private float[] latent(Sample sample) {
        try (SafetensorsFile file = tensors()) {
            return file.floats(sample.tensor());
        }
    }

    private SafetensorsFile tensors() {
        return SafetensorsFile.open(folder.resolve("one/output").resolve(PreferenceSamples.TENSORS_FILE_NAME));
    }
}
