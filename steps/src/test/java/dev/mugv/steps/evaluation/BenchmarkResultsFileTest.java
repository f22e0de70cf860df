package dev.mugv.steps.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.format.BenchmarkDimension;
import dev.mugv.model.format.BenchmarkModelOrder.ImportedScores;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkResultsFileTest {
    private static final List<String> SAMPLES = List.of("one-i2v-0", "two-i2v-0");

    @TempDir
    private Path folder;

    @Test
    void readsVbenchsOwnResults() throws IOException {
        Path file = write("results.json", """
                {"i2v_subject": [0.95, [{"image_path": "a.png", "video_path": "/x/one-i2v-0.mp4", "video_results": 0.9},
                                        {"video_path": "two-i2v-0.mp4", "video_results": 1.0}]],
                 "imaging_quality": [0.65, [{"video_path": "one-i2v-0.mp4", "video_results": 60.0},
                                            {"video_path": "two-i2v-0.mp4", "video_results": 70}]],
                 "camera_motion": [1.0, [{"video_path": "two-i2v-0.mp4", "video_results": true}]]}
                """);

        assertThat(BenchmarkResultsFile.read(file, SAMPLES))
                .containsExactly(
                        scores(file, BenchmarkDimension.CAMERA_MOTION, Map.of("two-i2v-0", 1.0)),
                        scores(file, BenchmarkDimension.IMAGE_SUBJECT, Map.of("one-i2v-0", 0.9, "two-i2v-0", 1.0)),
                        scores(file, BenchmarkDimension.IMAGING_QUALITY, Map.of("one-i2v-0", 0.6, "two-i2v-0", 0.7)));
    }

    @Test
    void readsATable() throws IOException {
        Path file = write(
                "results.csv", "sample,dimension,score\none-i2v-0,dynamic_degree,1\ntwo-i2v-0,dynamic-degree,0\n");

        assertThat(BenchmarkResultsFile.read(file, SAMPLES))
                .containsExactly(
                        scores(file, BenchmarkDimension.DYNAMIC_DEGREE, Map.of("one-i2v-0", 1.0, "two-i2v-0", 0.0)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "one-i2v-0,dynamic_degree,1 | 'dynamic_degree' has no score of sample 'two-i2v-0'",
                "six-i2v-0,dynamic_degree,1 | sample 'six-i2v-0' is none of the 2 image-to-video samples of this evaluation",
                "one-i2v-0,beauty,1 | the card has no dimension 'beauty'",
                "one-i2v-0,dynamic_degree,1.5 | expected a score of 'dynamic_degree' for 'one-i2v-0' between 0 and 1, found 1.5",
                "one-i2v-0,imaging_quality,101 | expected a score of 'imaging_quality' for 'one-i2v-0' between 0 and 100, found 101.0",
                "one-i2v-0,dynamic_degree,NaN | expected a score of 'dynamic_degree' for 'one-i2v-0' between 0 and 1, found NaN",
                "one-i2v-0,dynamic_degree,good | expected a score of 'dynamic_degree' for 'one-i2v-0' between 0 and 1, found NaN",
                "one-i2v-0,dynamic_degree | line 2 does not hold [sample, dimension, score]",
            })
    void takesNothingOfAFileThatIsWrongAnywhere(String row, String fact) throws IOException {
        Path file = write("results.csv", "sample,dimension,score\n" + row + "\n");

        assertThatThrownBy(() -> BenchmarkResultsFile.read(file, SAMPLES))
                .isInstanceOfSatisfying(
                        WorkFailure.class, failure -> assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessage(
                        "Cannot import scores '%s': %s. Correct the file or 'evaluate.benchmark.imported'; nothing of it was taken.",
                        file, fact);
    }

    @Test
    void refusesOtherForms() throws IOException {
        assertThatThrownBy(() -> BenchmarkResultsFile.read(write("a.csv", "sample,score\n"), SAMPLES))
                .hasMessageContaining("columns are [sample, score], expected [sample, dimension, score]");
        assertThatThrownBy(() -> BenchmarkResultsFile.read(write("b.json", "[1]"), SAMPLES))
                .hasMessageContaining("expected an object with a member a dimension");
        assertThatThrownBy(() -> BenchmarkResultsFile.read(write("c.json", "{\"i2v_subject\": 0.9}"), SAMPLES))
                .hasMessageContaining("'i2v_subject' is no pair of a mean and a list of videos");
        assertThatThrownBy(() -> BenchmarkResultsFile.read(write("d.json", "no json"), SAMPLES))
                .isInstanceOf(WorkFailure.class);
        assertThatThrownBy(() -> BenchmarkResultsFile.read(write("e.json", "{}"), SAMPLES))
                .hasMessageContaining("it holds no scores");
        assertThatThrownBy(() -> BenchmarkResultsFile.read(
                        write(
                                "f.csv",
                                "sample,dimension,score\none-i2v-0,camera_motion,1\none-i2v-0,camera_motion,1\n"),
                        SAMPLES))
                .hasMessageContaining("sample 'one-i2v-0' has two scores of 'camera_motion'");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static ImportedScores scores(Path file, BenchmarkDimension dimension, Map<String, Double> scores) {
        return new ImportedScores(dimension, Sha256.ofFile(file), new TreeMap<>(scores));
    }
}
