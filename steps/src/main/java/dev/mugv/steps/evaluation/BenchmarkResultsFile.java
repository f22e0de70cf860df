package dev.mugv.steps.evaluation;

import dev.mugv.model.format.BenchmarkDimension;
import dev.mugv.model.format.BenchmarkModelOrder.ImportedScores;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Scores that VBench itself has given to a checkpoint's videos: its JSON of results ({@code {"i2v_subject": [mean, [{"video_path": ...,
 * "video_results": ...}, ...]], ...}}), or a CSV with the columns {@code sample,dimension,score}. Videos are files named by sample id;
 * VBench's imaging quality is out of 100, and becomes 0 to 1 as the rest. A file is taken whole or refused.
 */
final class BenchmarkResultsFile {
    private static final List<String> COLUMNS = List.of("sample", "dimension", "score");
    private static final double IMAGING_SCALE = 100;

    private final Path file;
    private final List<String> samples;
    private final Map<BenchmarkDimension, TreeMap<String, Double>> scores = new EnumMap<>(BenchmarkDimension.class);

    private BenchmarkResultsFile(Path file, List<String> samples) {
        this.file = file;
        this.samples = samples;
    }

    /**
     * Reads a file.
     *
     * @param samples ids of the image-to-video samples
     * @throws WorkFailure of kind INVALID_REQUEST for another form, an unknown dimension or sample, a score that cannot be, two of one
     *     sample, or a dimension other than camera motion without one of every sample
     */
    static List<ImportedScores> read(Path file, List<String> samples) {
        BenchmarkResultsFile results = new BenchmarkResultsFile(file, samples);
        try {
            if (file.toString().endsWith(".csv")) {
                results.readRows();
            } else {
                results.readJson(Json.parse(Files.readString(file), JsonNode.class));
            }
        } catch (IOException | JacksonException e) {
            throw results.refused(e.getClass().getSimpleName() + " "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
        results.requireComplete();
        String sha256 = Sha256.ofFile(file);
        List<ImportedScores> imported = new ArrayList<>();
        results.scores.forEach((dimension, bySample) -> imported.add(new ImportedScores(dimension, sha256, bySample)));
        return imported;
    }

    private void readJson(JsonNode results) {
        if (!results.isObject()) {
            throw refused("expected an object with a member a dimension");
        }
        results.properties().forEach(member -> {
            BenchmarkDimension dimension = BenchmarkDimension.ofVbench(member.getKey())
                    .orElseThrow(() ->
                            refused("VBench's image-to-video card has no dimension '%s'".formatted(member.getKey())));
            JsonNode videos = member.getValue().path(1);
            if (!videos.isArray()) {
                throw refused("'%s' is no pair of a mean and a list of videos".formatted(member.getKey()));
            }
            videos.forEach(video -> add(
                    sampleOf(video.path("video_path").asString("")), dimension, value(video.path("video_results"))));
        });
    }

    /** VBench writes dynamic degree and camera motion of a video as truth values. */
    private static double value(JsonNode node) {
        if (node.isBoolean()) {
            return node.booleanValue() ? 1 : 0;
        }
        return node.isNumber() ? node.doubleValue() : Double.NaN;
    }

    private static String sampleOf(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.endsWith(".mp4") ? name.substring(0, name.length() - ".mp4".length()) : name;
    }

    private void readRows() throws IOException {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .get();
        try (Reader reader = Files.newBufferedReader(file);
                CSVParser parser = CSVParser.parse(reader, format)) {
            if (!parser.getHeaderNames().equals(COLUMNS)) {
                throw refused("columns are " + parser.getHeaderNames() + ", expected " + COLUMNS);
            }
            for (CSVRecord row : parser) {
                if (!row.isConsistent()) {
                    throw refused("line %d does not hold %s".formatted(row.getRecordNumber() + 1, COLUMNS));
                }
                String name = row.get("dimension");
                BenchmarkDimension dimension = BenchmarkDimension.ofVbench(name)
                        .or(() -> BenchmarkDimension.find(name))
                        .orElseThrow(() -> refused("the card has no dimension '%s'".formatted(name)));
                add(row.get("sample"), dimension, number(row.get("score")));
            }
        }
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private void add(String sample, BenchmarkDimension dimension, double given) {
        if (!samples.contains(sample)) {
            throw refused("sample '%s' is none of the %d image-to-video samples of this evaluation"
                    .formatted(sample, samples.size()));
        }
        double score = dimension == BenchmarkDimension.IMAGING_QUALITY ? given / IMAGING_SCALE : given;
        if (!(score >= 0 && score <= 1)) {
            throw refused("expected a score of '%s' for '%s' between 0 and %s, found %s"
                    .formatted(
                            dimension.vbenchName(),
                            sample,
                            dimension == BenchmarkDimension.IMAGING_QUALITY ? "100" : "1",
                            given));
        }
        if (scores.computeIfAbsent(dimension, d -> new TreeMap<>()).put(sample, score) != null) {
            throw refused("sample '%s' has two scores of '%s'".formatted(sample, dimension.vbenchName()));
        }
    }

    /** Camera motion is asked of prompts that name one; everything else of all. */
    private void requireComplete() {
        if (scores.isEmpty()) {
            throw refused("it holds no scores");
        }
        scores.forEach((dimension, bySample) -> {
            Optional<String> missing = samples.stream()
                    .filter(sample -> !bySample.containsKey(sample))
                    .findFirst();
            if (dimension != BenchmarkDimension.CAMERA_MOTION && missing.isPresent()) {
                throw refused("'%s' has no score of sample '%s'".formatted(dimension.vbenchName(), missing.get()));
            }
        });
    }

    private WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot import scores '%s': %s. Correct the file or 'evaluate.benchmark.imported'; nothing of it was taken."
                        .formatted(file, fact));
    }
}
